import Foundation
import TestSupport
import Testing

@testable import Core

/// States of jobs, by locks that the test holds and by real processes.
struct JobInspectorTests {
    /// A process that lives until the test is done with it, and the job it may say it belongs to.
    private final class Sleeper {
        let process = Process()
        private let input = Pipe()

        init(carrying uuid: JobUUID? = nil) throws {
            process.executableURL = URL(fileURLWithPath: "/bin/cat")
            process.environment = uuid.map { ["REMOTISAN_JOB_UUID": $0.description] } ?? [:]
            let output = Pipe()
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            try input.fileHandleForWriting.write(contentsOf: Data("x".utf8))
            _ = output.fileHandleForReading.availableData
        }

        var identity: ProcessIdentity {
            get throws { try #require(ProcessTable.entry(process.processIdentifier)).identity }
        }

        func end() {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }

        deinit { end() }
    }

    private static let exit = "code 0\nended 1790000000000\n"

    private static func pids(_ command: ProcessIdentity, boot: String = BootID.current) -> String {
        "supervisor \(pid_t.max) 1\ncommand \(command.pid) \(command.startTime)\nboot \(boot)\n"
    }

    private static func state(of uuid: JobUUID, in temporary: TemporaryStorage) throws -> JobState? {
        try JobInspector(storage: temporary.storage).states(of: [uuid])[uuid]?.get()
    }

    private static func pidsOf(_ state: JobState?) -> [pid_t]? {
        if case .unsupervised(let entries)? = state { entries.map(\.identity.pid) } else { nil }
    }

    @Test func `a held lock is a job that runs`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let lock = try HeldLock(temporary.files(uuid))
        #expect(try Self.state(of: uuid, in: temporary) == .running)
        withExtendedLifetime(lock) {}
    }

    @Test func `an exit record is the end, with or without a lock`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let ended = try #require(ExitRecord(Self.exit))
        try temporary.write(Self.exit, to: temporary.files(uuid).exit)
        #expect(try Self.state(of: uuid, in: temporary) == .ended(ended))
        let lock = try HeldLock(temporary.files(uuid))
        #expect(try Self.state(of: uuid, in: temporary) == .ended(ended))
        withExtendedLifetime(lock) {}
    }

    @Test func `no lock, no record, no process is lost`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        _ = try temporary.files(uuid).takeLock()
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
    }

    @Test func `a command whose supervisor is gone is unsupervised while it lives, and lost after it`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let sleeper = try Sleeper()
        try temporary.write(Self.pids(try sleeper.identity), to: temporary.files(uuid).pid)
        #expect(Self.pidsOf(try Self.state(of: uuid, in: temporary)) == [sleeper.process.processIdentifier])
        sleeper.end()
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
    }

    @Test func `a number that another process got later is not the command`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let sleeper = try Sleeper()
        let real = try sleeper.identity
        let recycled = ProcessIdentity(pid: real.pid, startTime: real.startTime - 1)
        try temporary.write(Self.pids(recycled), to: temporary.files(uuid).pid)
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
        sleeper.end()
    }

    @Test func `a record of another boot leads to nobody`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let sleeper = try Sleeper()
        try temporary.write(Self.pids(try sleeper.identity, boot: "another"), to: temporary.files(uuid).pid)
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
        sleeper.end()
    }

    @Test func `whoever carries the job's name is of the job, without any record`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let other = JobUUID()
        let inspector = JobInspector(storage: temporary.storage)
        let sleeper = try Sleeper(carrying: uuid)
        let states = inspector.states(of: [uuid, other])
        #expect(try states[uuid].map { Self.pidsOf(try $0.get()) } == [sleeper.process.processIdentifier])
        #expect(try states[other]?.get() == .lost)
        sleeper.end()
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
    }

    @Test func `the broken files of one job say nothing of the others`() throws {
        let temporary = try TemporaryStorage()
        let broken = JobUUID()
        let ended = JobUUID()
        try FileManager.default.createSymbolicLink(
            atPath: temporary.files(broken).exit, withDestinationPath: temporary.files(broken).exit)
        try temporary.write(Self.exit, to: temporary.files(ended).exit)
        let states = JobInspector(storage: temporary.storage).states(of: [broken, ended])
        let record = try #require(ExitRecord(Self.exit))
        #expect(try states[ended]?.get() == .ended(record))
        // Nobody knows, which is not the same as lost.
        #expect(throws: SystemError.self) { try states[broken]?.get() }
    }
}
