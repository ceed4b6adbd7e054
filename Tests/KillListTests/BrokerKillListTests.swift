import Foundation
import SQLiteStore
import Synchronization
import TestSupport
import Testing

@testable import Core

/// A broker with a kill list. It reads the store only if the kill list or a job's files require it.
struct BrokerKillListTests {
    /// An instance with long jobs and a watch.
    private struct Site {
        let temporary: TemporaryStorage
        let store: SQLiteStore
        let configuration: Configuration
        let log = RecordedLog()
        private let stop = Switch()
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

        /// Ends the watch. No timeout ends it, because the machine may be slow.
        func end() { stop.isOn.store(true, ordering: .relaxed) }

        func watch(_ list: any KillList) async throws {
            let (configuration, store, storage, log, stop) = (configuration, store, storage, self.log.logger, stop)
            try await onThread {
                let pass = BrokerPass(
                    configuration: configuration, catalogue: Catalogue(configuration), store: store, storage: storage,
                    log: log)
                let heartbeat = Heartbeat(
                    registry: store, configuration: configuration.instance, storage: storage, log: log)
                let watch = BrokerWatch(
                    pass: pass, heartbeat: heartbeat, storage: storage, store: store, killList: list,
                    storeInterval: 600_000, log: log)
                let isWatching = try watch.run(for: 120_000) { !stop.isOn.load(ordering: .relaxed) }
                #expect(isWatching)
            }
        }
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a kill request on the list is executed once and removed from the list`(_ kind: CacheProcess.Kind) async throws
    {
        let server = try CacheProcess(kind)
        let site = try Site()
        let ownServer = site.storage.serverUUID
        let list = kind.list(.unix(server.socket))
        let uuid = try site.startJob()
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the kill list answers") { site.log.has("kill list answers") }
        // The broker does not poll the store now. The kill list announces the request.
        #expect(try site.store.requestKill(uuid, by: "ann@lab"))
        try list.add(uuid, on: ownServer)
        let requested = Clock.boottimeMilliseconds()
        try await waitUntil("the job is killed") { try site.store.execution(uuid)?.status == .killed }
        let record = try #require(try site.temporary.files(uuid).killRecord())
        print("From the list to the first signal, \(kind): \(record.startedBoottime - requested) ms.")
        try await waitUntil("the job is removed from the list") { try list.jobs(on: ownServer).isEmpty }
        // The list announces the kill again, as after a restore of old data. It has no effect.
        try list.add(uuid, on: ownServer)
        try await waitUntil("the job is removed from the list again") { try list.jobs(on: ownServer).isEmpty }
        site.end()
        try await watched
        #expect(try site.temporary.files(uuid).killRecord() == record)
        #expect(try site.store.execution(uuid)?.killedBy == "ann@lab")
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `an announced kill of an unknown job has no effect`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let list = kind.list(.unix(server.socket))
        try list.add(JobUUID(), on: site.storage.serverUUID)
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the job is removed from the list") { try list.jobs(on: site.storage.serverUUID).isEmpty }
        site.end()
        try await watched
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.storage.jobs).isEmpty)
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `an announcement without a stored kill request has no effect`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let list = kind.list(.unix(server.socket))
        let uuid = try site.startJob()
        try list.add(uuid, on: site.storage.serverUUID)
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        // By then the broker has read the list and the store.
        try await waitUntil("the job is removed from the list") { try list.jobs(on: site.storage.serverUUID).isEmpty }
        site.end()
        try await watched
        let files = site.temporary.files(uuid)
        #expect(try files.isLocked())
        #expect(try files.killRecord() == nil)
        kill(try #require(try files.pidRecord()).command.pid, SIGKILL)
        try site.temporary.waitForEnd(of: uuid)
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a timeout is enforced between two polls of the store`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site(
            "roles: { A: { users: [x] } }\ncommands: { allowed: { \"only:a\": { roles: [A], run: [x], timeout: 1s } } }"
        )
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the kill list answers") { site.log.has("kill list answers") }
        let uuid = try site.startJob()
        try await waitUntil("the job is killed") { try site.store.execution(uuid)?.status == .killed }
        #expect(try site.store.execution(uuid)?.killedBy == .timeout)
        site.end()
        try await watched
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `while the kill list is down the broker polls the store`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        let (first, second) = (try site.startJob(), try site.startJob())
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the kill list answers") { site.log.has("kill list answers") }
        server.stop()
        // These kill requests are not announced.
        #expect(try site.store.requestKill(first, by: "ann@lab"))
        try await waitUntil("the job is killed") { try site.store.execution(first)?.status == .killed }
        #expect(site.log.count("kill list does not answer, kill requests are read from the store meanwhile") == 1)
        // The broker finds this request by polling, or when the kill list works again.
        #expect(try site.store.requestKill(second, by: "ann@lab"))
        try server.start()
        try await waitUntil("the second job is killed") { try site.store.execution(second)?.status == .killed }
        try await waitUntil("the kill list answers again") { site.log.count("kill list answers") == 2 }
        site.end()
        try await watched
        let lines = try LogReader(site.temporary.files(first)).lastLines().split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("PROCESS KILLED BY") }.count == 1)
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `the end of a job is settled at once without an announcement`(_ kind: CacheProcess.Kind) async throws {
        let server = try CacheProcess(kind)
        let site = try Site()
        async let watched: Void = site.watch(kind.list(.unix(server.socket)))
        try await waitUntil("the kill list answers") { site.log.has("kill list answers") }
        // The job starts after the last poll of the store.
        let uuid = try site.startJob()
        let command = try #require(try site.temporary.files(uuid).pidRecord()).command
        kill(command.pid, SIGKILL)
        try await waitUntil("the execution is settled") { try site.store.execution(uuid)?.status == .failed }
        site.end()
        try await watched
    }
}

/// A flag that is set once.
final class Switch: Sendable {
    let isOn = Atomic<Bool>(false)
}
