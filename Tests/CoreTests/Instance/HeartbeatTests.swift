import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct HeartbeatTests {
    private struct Site {
        let temporary: TemporaryStorage
        let store: SQLiteStore
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        var serverUUID: String { temporary.storage.serverUUID }

        init() throws {
            temporary = try TemporaryStorage()
            store = try SQLiteStore(path: temporary.storage.database)
            try store.migrate()
        }

        /// Registers this instance as gone, closes it, and runs a broker on it again.
        func closeAndReturn() throws {
            try store.register(.sample(serverUUID, name: "one", lastSeen: 1))
            _ = try CloseInstance(registry: store, log: log).close(serverUUID, by: "root@lab", now: Clock.seconds())
            let configuration = try Configuration.sample()
            let pass = BrokerPass(
                configuration: configuration, catalogue: Catalogue(configuration, storage: temporary.storage),
                store: store,
                storage: temporary.storage,
                log: log)
            let heartbeat = Heartbeat(
                registry: store, configuration: .init(name: "one", address: InstanceAddress("a:1"), goneAfter: 40),
                storage: temporary.storage, log: log)
            let watch = BrokerWatch(
                pass: pass, heartbeat: heartbeat, storage: temporary.storage, store: store, log: log)
            #expect(try watch.run(for: 0))
        }
    }

    @Test func `an instance that returns settles its closed executions by their files`() throws {
        let site = try Site()
        let rows = try (0..<4).map { number in
            let uuid = JobUUID()
            _ = try site.store.insert(.sample(uuid, server: number == 3 ? "other" : site.serverUUID), limit: nil)
            return uuid
        }
        let lock = try HeldLock(site.temporary.files(rows[0]))
        defer { withExtendedLifetime(lock) {} }
        try site.temporary.write(
            "code 0\nended 1790000005000\nended_boottime 10\nboot b\n", to: site.temporary.files(rows[1]).exit)
        // The closed execution of another instance must not change.
        try site.store.register(.sample("other", lastSeen: 1))
        _ = try CloseInstance(registry: site.store, log: site.log).close("other", by: "eve", now: Clock.seconds())
        try site.closeAndReturn()

        let after = try rows.map { try #require(try site.store.execution($0)) }
        #expect(after.map(\.status) == [.running, .completed, .failed, .failed])
        #expect(after[1].ending.exitCode == 0)
        #expect(after[1].finishedAt == 1_790_000_005)
        #expect(after[2].ending.reason == "lost")
        #expect(after[3].ending.reason == "lost: instance other is gone, closed by eve")
    }

    @Test func `a watch registers the instance with its name and address`() throws {
        let site = try Site()
        let before = Clock.seconds()
        try site.closeAndReturn()
        let row = try #require(try site.store.instance(site.serverUUID))
        #expect(row.name == "one")
        #expect(row.address == InstanceAddress("a:1"))
        #expect(row.version == ProgramVersion.current)
        #expect(row.firstSeen == 1)
        #expect(row.goneAfter == 40)
        #expect(row.lastSeen >= before)
        #expect(!row.isGone(at: Clock.seconds()))
    }

    @Test func `an instance is gone after 150 s without a heartbeat, or after its gone_after`() {
        var row = RegisteredInstance.sample(lastSeen: 1000)
        #expect(!row.isGone(at: 1150))
        #expect(row.isGone(at: 1151))
        row.goneAfter = 20
        #expect(!row.isGone(at: 1020))
        #expect(row.isGone(at: 1021))
    }

    @Test func `only a gone instance can be closed`() throws {
        let site = try Site()
        let closing = CloseInstance(registry: site.store, log: site.log)
        #expect(throws: CloseInstanceError.unknown) { try closing.close("x", by: "root@lab", now: 1000) }
        try site.store.register(.sample("x", name: "ops", lastSeen: 850))
        #expect(throws: CloseInstanceError.alive(name: "ops", goneAfter: 150)) {
            try closing.close("x", by: "root@lab", now: 1000)
        }
        #expect(try closing.close("x", by: "root@lab", now: 1001) == 0)
    }
}
