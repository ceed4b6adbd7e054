import Foundation
import Glibc
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct SettleExecutionsTests {
    private struct Site {
        let storage: Storage
        let store: SQLiteStore
        let settling: SettleExecutions
        private let temporary: TemporaryStorage

        init() throws {
            temporary = try TemporaryStorage()
            storage = temporary.storage
            store = try SQLiteStore(path: storage.database)
            try store.migrate()
            settling = SettleExecutions(store: store, storage: storage, log: Self.log)
        }

        static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        func insert(exit: String? = nil, server: String? = nil, by killer: String? = nil) throws -> JobUUID {
            let uuid = JobUUID()
            _ = try store.insert(.sample(uuid, server: server ?? storage.serverUUID), limit: nil)
            if let exit { try temporary.write(exit, to: JobFiles(uuid, in: storage).exit) }
            if let killer { _ = try store.requestKill(uuid, by: .user(killer)) }
            return uuid
        }

        func files(_ uuid: JobUUID) -> JobFiles { JobFiles(uuid, in: storage) }
    }

    /// States in which the broker can find a start that was interrupted, and the expected result.
    private static let interruptedStarts:
        [(files: String, boot: String, killer: String?, status: Status, reason: String?)] = [
            ("lock", BootID.current, nil, .queued, nil),
            ("lock", "another", nil, .failed, "lost"),
            ("no lock", "", nil, .failed, "lost"),
            ("lock and pid", BootID.current, nil, .failed, "lost"),
            ("lock", BootID.current, "ann@lab", .killed, "cancelled before it started"),
        ]

    @Test(arguments: interruptedStarts)
    func `an execution that never ran is queued again`(
        _ files: String, _ boot: String, _ killer: String?, _ status: Status, _ reason: String?
    ) throws {
        let site = try Site()
        let uuid = JobUUID()
        _ = try site.insert()
        _ = try site.store.insert(
            .sample(uuid, server: site.storage.serverUUID), limit: RunningLimit(1, maxQueued: 1))
        #expect(try site.store.claim(uuid, limit: nil, now: Clock.seconds()))
        if let killer { #expect(try site.store.requestKill(uuid, by: .user(killer))) }
        if files.hasPrefix("lock") {
            try "boot \(boot)\n".write(toFile: site.files(uuid).lock, atomically: false, encoding: .utf8)
        }
        if files.hasSuffix("pid") {
            let dead = "supervisor 4194303 1\ncommand 4194302 1\nboot \(boot)\n"
            try dead.write(toFile: site.files(uuid).pid, atomically: false, encoding: .utf8)
        }
        #expect(try site.settling.settle(uuid) == status.isEnded)
        let row = try #require(try site.store.execution(uuid))
        #expect(row.status == status)
        #expect(row.ending.reason == reason)
        #expect(access(site.files(uuid).lock, F_OK) != 0)
    }

    private static let exit = "code 3\nended 1790000005000\nended_boottime 10\nboot b\n"

    @Test func `settling copies the exit record and removes the live files`() throws {
        let site = try Site()
        let job = try site.insert(exit: Self.exit)
        _ = try site.files(job).takeLock()
        try site.files(job).appendToLog("12345")
        #expect(try site.settling.settle(job))
        let row = try #require(try site.store.execution(job))
        #expect(row.status == .failed)
        #expect(row.ending.exitCode == 3)
        #expect(row.ending.logBytes == 6)
        #expect(row.finishedAt == 1_790_000_005)
        #expect(!FileManager.default.fileExists(atPath: site.files(job).lock))
        #expect(FileManager.default.fileExists(atPath: site.files(job).exit))
        #expect(try site.settling.settle(job), "Settling again has no effect.")
    }

    @Test func `running, foreign and unknown executions are not settled`() throws {
        let site = try Site()
        let running = try site.insert()
        let lock = try HeldLock(site.files(running))
        #expect(try !site.settling.settle(running))
        #expect(try !site.settling.settle(site.insert(exit: Self.exit, server: "another")))
        #expect(try !site.settling.settle(JobUUID()))
        withExtendedLifetime(lock) {}
    }

    @Test func `a lost job has failed, and its log says why`() throws {
        let site = try Site()
        let job = try site.insert()
        #expect(try site.settling.settle(job))
        let row = try #require(try site.store.execution(job))
        #expect(row.status == .failed)
        #expect(row.ending.reason == "lost")
        #expect(try LogReader(site.files(job)).lastLines().split(separator: "\n").last?.hasPrefix("LOST: ") == true)
    }

    @Test func `a job that is being killed is settled when no process is left`() throws {
        let site = try Site()
        let job = try site.insert(exit: Self.exit, by: "ann@lab")
        try site.files(job).write(
            KillRecord(
                requester: "ann@lab", startedBoottime: 5, bootID: "b", steps: [.init(signal: .terminate, at: 1)]))
        let lock = try HeldLock(site.files(job))
        #expect(try !site.settling.settle(job))
        withExtendedLifetime(lock) {}
        let other = try site.insert(exit: Self.exit, by: "ann@lab")
        try site.files(other).write(
            KillRecord(
                requester: "ann@lab", startedBoottime: 5, bootID: "b", steps: [.init(signal: .terminate, at: 1)]))
        #expect(try site.settling.settle(other))
        let row = try #require(try site.store.execution(other))
        #expect(row.status == .killed)
        #expect(row.killedBy == "ann@lab")
    }

    @Test func `damaged files of one job do not affect other jobs, and the job is not lost`() throws {
        let site = try Site()
        let broken = try site.insert()
        let alsoBroken = try site.insert(exit: Self.exit)
        let ended = try site.insert(exit: Self.exit)
        try FileManager.default.createSymbolicLink(atPath: site.files(broken).exit, withDestinationPath: "/dev/null")
        try FileManager.default.createSymbolicLink(
            atPath: site.files(alsoBroken).kill, withDestinationPath: "/dev/null")
        let pass = BrokerPass(
            configuration: try .sample(), catalogue: Catalogue(try .sample()), store: site.store, storage: site.storage,
            log: Site.log)
        #expect(try pass.run() == 0)
        #expect(try site.store.execution(ended)?.status == .failed)
        #expect(try site.store.execution(broken)?.status == .running)
        #expect(try site.store.execution(alsoBroken)?.status == .running)
        #expect(try !site.settling.settle(broken))
    }

    @Test func `an invalid time in a row does not stop the broker`() throws {
        let site = try Site()
        let configuration = try Configuration.sample(
            "roles: { A: { users: [x] } }\ncommands: { allowed: { a: { roles: [A], run: [x], timeout: 9223372036854775807ms } } }"
        )
        let uuid = JobUUID()
        _ = try site.store.insert(
            .sample(uuid, server: site.storage.serverUUID, command: "a", executedAt: 9_223_372_036_854_775_807),
            limit: nil)
        let lock = try HeldLock(site.files(uuid))
        let pass = BrokerPass(
            configuration: configuration, catalogue: Catalogue(configuration), store: site.store, storage: site.storage,
            log: Site.log)
        #expect(try pass.run() == 1)
        #expect(try site.store.execution(uuid)?.intendedToKillBy == nil)
        withExtendedLifetime(lock) {}
    }
}
