import Foundation
import SQLiteStore
import Synchronization
import TestSupport
import Testing

@testable import Core

/// A broker with a kill list that reads the table only when the list or a record tells it to.
struct BrokerKillListTests {
    /// An instance with one long job and a broker's watch of a few seconds.
    private struct Site {
        let temporary: TemporaryStorage
        let store: SQLiteStore
        let configuration: Configuration
        let said = RecordedLog()
        private let over = Switch()
        private let launcher: Launcher
        var storage: Storage { temporary.storage }

        init(_ yaml: String = Configuration.sampleText) throws {
            temporary = try TemporaryStorage()
            store = try SQLiteStore(path: temporary.storage.database)
            try store.migrate()
            configuration = try .sample(yaml)
            launcher = Launcher(
                programs: try .supervisorOnly(in: temporary.directory), storage: temporary.storage,
                configuration: "/none")
        }

        func startJob() throws -> JobUUID {
            let uuid = JobUUID()
            let files = temporary.files(uuid)
            let lock = try files.takeLock()
            _ = try store.insert(
                .sample(uuid, server: storage.serverUUID, executedAt: Clock.seconds()), limit: nil)
            let command = Command(name: "only:a", roles: [], run: ["/bin/sleep"])
            try launcher.start(uuid, command, with: Invocation(argv: ["/bin/sleep", "600"], line: ""), lock: lock)
            return uuid
        }

        /// Ends the watch: the machine may be slow, so no time of ours does.
        func end() { over.isOn.store(true, ordering: .relaxed) }

        func watch(_ list: any KillList) async throws {
            let (configuration, store, storage, log, over) = (configuration, store, storage, said.logger, over)
            try await onThread {
                let pass = BrokerPass(
                    configuration: configuration, catalogue: Catalogue(configuration), store: store, storage: storage,
                    log: log)
                let heartbeat = Heartbeat(
                    registry: store, configuration: configuration.instance, storage: storage, log: log)
                let watch = BrokerWatch(
                    pass: pass, heartbeat: heartbeat, storage: storage, killList: list, storeInterval: 600_000, log: log
                )
                let isWatching = try watch.run(for: 120_000) { !over.isOn.load(ordering: .relaxed) }
                #expect(isWatching)
            }
        }
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a kill is heard from the list, once, and taken out of it`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let here = site.storage.serverUUID
        let list = kind.list(.unix(server.socket))
        let uuid = try site.startJob()
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the list answers") { site.said.has("kill list answers") }
        // The table alone is not looked at; the list is what tells.
        #expect(try site.store.requestKill(uuid, by: "ann@lab"))
        try list.add(uuid, on: here)
        let asked = Clock.boottimeMilliseconds()
        try await waitUntil("killed") { try site.store.execution(uuid)?.status == .killed }
        let record = try #require(try site.temporary.files(uuid).killRecord())
        print("From the list to the first signal, \(kind): \(record.startedBoottime - asked) ms.")
        try await waitUntil("taken out") { try list.jobs(on: here).isEmpty }
        // The list says it again, as one would that was restored from a copy: it is void.
        try list.add(uuid, on: here)
        try await waitUntil("taken out again") { try list.jobs(on: here).isEmpty }
        site.end()
        try await watched
        #expect(try site.temporary.files(uuid).killRecord() == record)
        #expect(try site.store.execution(uuid)?.killedBy == "ann@lab")
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a wish for a job that does not exist here is void`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let list = kind.list(.unix(server.socket))
        try list.add(JobUUID(), on: site.storage.serverUUID)
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("taken out") { try list.jobs(on: site.storage.serverUUID).isEmpty }
        site.end()
        try await watched
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.storage.jobs).isEmpty)
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `the list alone kills nobody`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let list = kind.list(.unix(server.socket))
        let uuid = try site.startJob()
        try list.add(uuid, on: site.storage.serverUUID)
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        // By then the broker has heard of it, and read the table.
        try await waitUntil("taken out") { try list.jobs(on: site.storage.serverUUID).isEmpty }
        site.end()
        try await watched
        let files = site.temporary.files(uuid)
        #expect(try files.isLocked())
        #expect(try files.killRecord() == nil)
        kill(try #require(try files.pidRecord()).command.pid, SIGKILL)
        try site.temporary.waitForEnd(of: uuid)
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a timeout is kept between two readings of the table`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site(
            "roles: { A: { users: [x] } }\ncommands: { allowed: { \"only:a\": { roles: [A], run: [x], timeout: 1s } } }"
        )
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the list answers") { site.said.has("kill list answers") }
        let uuid = try site.startJob()
        try await waitUntil("killed") { try site.store.execution(uuid)?.status == .killed }
        #expect(try site.store.execution(uuid)?.killedBy == .timeout)
        site.end()
        try await watched
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `while the list is down the table is looked at`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let (first, second) = (try site.startJob(), try site.startJob())
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the list answers") { site.said.has("kill list answers") }
        server.stop()
        // Nobody announces these.
        #expect(try site.store.requestKill(first, by: "ann@lab"))
        try await waitUntil("killed") { try site.store.execution(first)?.status == .killed }
        #expect(site.said.count("kill list does not answer, kill requests are read from the store meanwhile") == 1)
        // Written while the list is away, and announced to nobody: found now, or when the list is back.
        #expect(try site.store.requestKill(second, by: "ann@lab"))
        try server.start()
        try await waitUntil("killed, too") { try site.store.execution(second)?.status == .killed }
        try await waitUntil("the list answers again") { site.said.count("kill list answers") == 2 }
        site.end()
        try await watched
        let lines = try LogReader(site.temporary.files(first)).lines()
        #expect(lines.filter { $0.hasPrefix("PROCESS KILLED BY") }.count == 1)
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `an end is settled at once whatever the list says`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the list answers") { site.said.has("kill list answers") }
        // Started after the table was read for the last time.
        let uuid = try site.startJob()
        let command = try #require(try site.temporary.files(uuid).pidRecord()).command
        kill(command.pid, SIGKILL)
        try await waitUntil("settled") { try site.store.execution(uuid)?.status == .failed }
        site.end()
        try await watched
    }
}

/// Something that is turned on once.
final class Switch: Sendable {
    let isOn = Atomic<Bool>(false)
}
