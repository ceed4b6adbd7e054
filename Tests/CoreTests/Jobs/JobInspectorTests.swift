import Foundation
import TestSupport
import Testing

@testable import Core

/// Uses locks that the test holds, and real processes.
struct JobInspectorTests {
    /// A process that runs until the test ends it. It may carry the identifier of a job in its environment.
    private final class Sleeper {
        let process = TestProcess()
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

    private static func pids(in state: JobState?) -> [pid_t]? {
        if case .unsupervised(let entries)? = state { entries.map(\.identity.pid) } else { nil }
    }

    @Test func `a job with a held lock is running`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let lock = try HeldLock(temporary.files(uuid))
        #expect(try Self.state(of: uuid, in: temporary) == .running)
        withExtendedLifetime(lock) {}
    }

    @Test func `a job with an exit record has ended, unless lock and pid record say that it runs`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let ended = try #require(ExitRecord(Self.exit))
        try temporary.write(Self.exit, to: temporary.files(uuid).exit)
        #expect(try Self.state(of: uuid, in: temporary) == .ended(ended))
        let lock = try HeldLock(temporary.files(uuid))
        #expect(try Self.state(of: uuid, in: temporary) == .running, "A held lock needs a pid record.")
        let sleeper = try Sleeper()
        try temporary.write(Self.pids(try sleeper.identity), to: temporary.files(uuid).pid)
        #expect(try Self.state(of: uuid, in: temporary) == .running)
        sleeper.end()
        #expect(try Self.state(of: uuid, in: temporary) == .ended(ended))
        withExtendedLifetime(lock) {}
    }

    @Test func `a job without a lock, a record and a process is lost`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        _ = try temporary.files(uuid).takeLock()
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
    }

    @Test func `a command without a supervisor is unsupervised while it lives, and lost afterwards`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let sleeper = try Sleeper(carrying: uuid)
        try temporary.write(Self.pids(try sleeper.identity), to: temporary.files(uuid).pid)
        #expect(Self.pids(in: try Self.state(of: uuid, in: temporary)) == [sleeper.process.processIdentifier])
        sleeper.end()
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
    }

    @Test func `a recycled pid is not the command`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let sleeper = try Sleeper()
        let real = try sleeper.identity
        let recycled = ProcessIdentity(pid: real.pid, startTime: real.startTime - 1)
        try temporary.write(Self.pids(recycled), to: temporary.files(uuid).pid)
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
        sleeper.end()
    }

    @Test func `a pid record of another boot is ignored`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let sleeper = try Sleeper()
        try temporary.write(Self.pids(try sleeper.identity, boot: "another"), to: temporary.files(uuid).pid)
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
        sleeper.end()
    }

    @Test func `a process with the identifier of a job belongs to the job without a record`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let other = JobUUID()
        let inspector = JobInspector(storage: temporary.storage)
        let sleeper = try Sleeper(carrying: uuid)
        let states = inspector.states(of: [uuid, other])
        #expect(try states[uuid].map { Self.pids(in: try $0.get()) } == [sleeper.process.processIdentifier])
        #expect(try states[other]?.get() == .lost)
        sleeper.end()
        #expect(try Self.state(of: uuid, in: temporary) == .lost)
    }

    @Test func `damaged files of one job do not affect other jobs`() throws {
        let temporary = try TemporaryStorage()
        let broken = JobUUID()
        let ended = JobUUID()
        try FileManager.default.createSymbolicLink(
            atPath: temporary.files(broken).exit, withDestinationPath: temporary.files(broken).exit)
        try temporary.write(Self.exit, to: temporary.files(ended).exit)
        let states = JobInspector(storage: temporary.storage).states(of: [broken, ended])
        let record = try #require(ExitRecord(Self.exit))
        #expect(try states[ended]?.get() == .ended(record))
        // Its state is unknown, which is not the same as lost.
        #expect(throws: SystemError.self) { try states[broken]?.get() }
    }
}
