import Core
import Testing

/// The tests that every store of instances must pass. Each function gets an empty store.
package struct InstanceStoreSuite: Sendable {
    package typealias Store = ExecutionStore & InstanceStore

    /// The name of the test.
    package let name: String
    /// The test.
    package let check: @Sendable (any Store) async throws -> Void

    package static let all: [InstanceStoreSuite] = [
        .init(name: "registering an instance again updates it", check: updates),
        .init(name: "an instance registers only in place of one that it knows", check: replacesKnownPlace),
        .init(name: "instances are listed by name", check: lists),
        .init(name: "running and queued executions are counted by instance", check: countsOpen),
        .init(name: "only running executions of a gone instance are closed", check: closes),
        .init(name: "executions of a living or unknown instance are not closed", check: sparesLivingInstances),
        .init(name: "an instance reopens only its closed executions", check: reopens),
        .init(name: "concurrent calls close each execution once", check: closesConcurrently),
        .init(name: "queued executions of a gone instance are cancelled and not reopened", check: cancelsQueued),
    ]

    private static let lost = Settlement(
        status: .failed, finishedAt: 1_790_000_500, ending: .init(reason: "lost: instance a is gone", isLost: true))

    /// Closes the executions of an instance.
    @discardableResult
    private static func close(
        _ store: any Store, _ server: String = "a", at now: Int64 = 251, by user: String = "root@lab"
    ) throws(StoreError) -> Int? {
        try store.closeExecutions(on: server, goneAt: now, by: user, running: lost, queued: .cancelledByClosing)
    }

    static func updates(_ store: any Store) throws {
        #expect(try store.instance("a") == nil)
        var row = RegisteredInstance.sample("a", address: InstanceAddress("10.0.0.1:80"), lastSeen: 100)
        try store.register(row)
        #expect(try store.instance("a") == row)
        let first = row.firstSeen
        row.name = "é'; --"
        row.version = "2"
        row.address = nil
        row.firstSeen = 200
        row.lastSeen = 200
        row.goneAfter = 7
        try store.register(row)
        row.firstSeen = first
        #expect(try store.instance("a") == row)
        #expect(try store.instances() == [row])
    }

    static func replacesKnownPlace(_ store: any Store) throws {
        func row(_ inode: UInt64) -> RegisteredInstance {
            var row = RegisteredInstance.sample("a")
            row.place = InstancePlace(
                machine: "m", bootID: "b", pidNamespace: 1, device: 2, inode: inode, path: "/srv/é b'")
            row.clockOffset = 1_700_000_000_123
            return row
        }
        // An earlier version registered without a place.
        try store.register(.sample("a"))
        #expect(try store.register(row(1), replacing: nil))
        #expect(try store.instance("a") == row(1))
        #expect(try store.register(row(1), replacing: nil))
        #expect(try !store.register(row(2), replacing: nil))
        #expect(try !store.register(row(2), replacing: row(3).place))
        #expect(try store.instance("a") == row(1))
        #expect(try store.register(row(2), replacing: row(1).place))
        #expect(try store.instance("a") == row(2))
        #expect(try store.register(row(1), replacing: row(2).place))
        // A new instance.
        var other = row(1)
        other.serverUUID = "b"
        #expect(try store.register(other, replacing: nil))
        #expect(try store.instances().count == 2)
    }

    static func lists(_ store: any Store) throws {
        #expect(try store.instances().isEmpty)
        for (server, name) in [("1", "b"), ("3", "a"), ("2", "a")] {
            try store.register(.sample(server, name: name))
        }
        #expect(try store.instances().map(\.serverUUID) == ["2", "3", "1"])
    }

    static func countsOpen(_ store: any Store) throws {
        #expect(try store.openExecutions().isEmpty)
        for (server, count) in [("a", 4), ("b", 1)] {
            for _ in 0..<count {
                _ = try store.insert(.sample(server: server), limit: RunningLimit(1, maxQueued: 9))
            }
        }
        let ended = JobUUID()
        _ = try store.insert(.sample(ended, server: "c"), limit: nil)
        _ = try store.settle(ended, .sample())
        let open = try store.openExecutions()
        #expect(open == ["a": .init(running: 1, waiting: 3), "b": .init(running: 1)])
    }

    static func closes(_ store: any Store) throws {
        try store.register(.sample("a", lastSeen: 100))
        try store.register(.sample("b", lastSeen: 100))
        let running = JobUUID()
        let ended = JobUUID()
        let other = JobUUID()
        for (uuid, server) in [(running, "a"), (ended, "a"), (other, "b")] {
            _ = try store.insert(.sample(uuid, server: server), limit: nil)
        }
        _ = try store.settle(ended, .sample())
        let before = try store.execution(ended)
        #expect(try close(store) == 1)
        let row = try #require(try store.execution(running))
        #expect(row.status == .failed)
        #expect(row.finishedAt == 1_790_000_500)
        #expect(row.ending == lost.ending)
        #expect(row.closedBy == "root@lab")
        #expect(try store.execution(ended) == before)
        #expect(try store.execution(other)?.status == .running)
        #expect(try close(store, by: "bob@lab") == 0)
        #expect(try store.execution(running) == row)
        #expect(try store.counts().map(\.count).reduce(0, +) == 3)
    }

    static func sparesLivingInstances(_ store: any Store) throws {
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid, server: "a"), limit: nil)
        #expect(try close(store) == nil)
        try store.register(.sample("a", lastSeen: 101))
        #expect(try close(store) == nil)
        #expect(try store.execution(uuid)?.status == .running)
        // gone_after of the instance decides.
        for (goneAfter, now) in [(1000, 1101), (5, 106)] as [(Int64, Int64)] {
            var row = RegisteredInstance.sample("a", lastSeen: 101)
            row.goneAfter = goneAfter
            try store.register(row)
            #expect(try close(store, at: now) == nil)
        }
        #expect(try close(store, at: 107) == 1)
    }

    static func reopens(_ store: any Store) throws {
        for server in ["a", "b"] { try store.register(.sample(server, lastSeen: 100)) }
        let closed = JobUUID()
        let killed = JobUUID()
        let failed = JobUUID()
        let lost = JobUUID()
        let foreign = JobUUID()
        for (uuid, server) in [(closed, "a"), (killed, "a"), (failed, "a"), (lost, "a"), (foreign, "b")] {
            _ = try store.insert(.sample(uuid, server: server), limit: nil)
        }
        #expect(try store.reopenClosedExecutions(on: "a").isEmpty)
        _ = try store.requestKill(closed, by: "ann@lab")
        _ = try store.settle(killed, .sample(.killed, killedBy: "ann@lab"))
        _ = try store.settle(failed, .sample(.failed, exitCode: 3))
        _ = try store.settle(lost, .init(status: .failed, finishedAt: 7, ending: .init(reason: "lost", isLost: true)))
        let untouched = try [killed, failed, lost].map { try store.execution($0) }
        #expect(try close(store) == 1)
        #expect(try close(store, "b") == 1)

        let reopened = try store.reopenClosedExecutions(on: "a")
        #expect(reopened.map(\.jobUUID) == [closed.description])
        #expect(reopened.first?.closedBy == "root@lab")
        let row = try #require(try store.execution(closed))
        #expect(row.status == .running)
        #expect(row.finishedAt ?? 0 == 0)
        #expect(row.ending == .init())
        #expect(row.closedBy == nil)
        #expect(row.intendedToKillBy == "ann@lab", "A kill request remains.")
        #expect(try store.running(on: "a").map(\.jobUUID) == [closed.description])
        #expect(try [killed, failed, lost].map { try store.execution($0) } == untouched)
        #expect(try store.execution(foreign)?.status == .failed)
        #expect(try store.reopenClosedExecutions(on: "a").isEmpty)
        // A reopened execution can be settled.
        #expect(try store.settle(closed, .sample()))
        #expect(try store.execution(closed)?.status == .completed)
    }

    static func closesConcurrently(_ store: any Store) async throws {
        try store.register(.sample("a", lastSeen: 100))
        for _ in 0..<7 { _ = try store.insert(.sample(server: "a"), limit: nil) }
        let closed = try await ExecutionStoreSuite.concurrently(10) { number in
            try close(store, by: "user \(number)")
        }
        #expect(closed.compactMap { $0 }.sorted() == Array(repeating: 0, count: 9) + [7])
        #expect(Set(try store.reopenClosedExecutions(on: "a").map(\.closedBy)).count == 1)
    }
}

extension InstanceStoreSuite {
    static func cancelsQueued(_ store: any Store) throws {
        for server in ["a", "b"] { try store.register(.sample(server, lastSeen: 100)) }
        let uuids = (0..<3).map { _ in JobUUID() }
        for uuid in uuids {
            _ = try store.insert(.sample(uuid, server: "a"), limit: RunningLimit(1, maxQueued: 9))
        }
        let foreign = JobUUID()
        _ = try store.insert(.sample(server: "b"), limit: nil)
        _ = try store.insert(.sample(foreign, server: "b"), limit: RunningLimit(1, maxQueued: 9))
        #expect(try store.settle(uuids[0], .sample()))
        #expect(try store.claim(uuids[1], limit: nil, now: 90))
        #expect(try close(store) == 2)
        let row = try #require(try store.execution(uuids[2]))
        #expect(row.status == .failed)
        #expect(row.finishedAt == Settlement.cancelledByClosing.finishedAt)
        #expect(row.executedAt == row.finishedAt, "A cancelled execution has no duration.")
        #expect(row.ending == Settlement.cancelledByClosing.ending)
        #expect(try store.execution(foreign)?.status == .queued)
        #expect(try store.reopenClosedExecutions(on: "a").map(\.jobUUID) == [uuids[1].description])
        #expect(try store.execution(uuids[2]) == row)
        // A closed execution was shown as ended, so it must not run again.
        #expect(try !store.requeue(uuids[1]))
        #expect(try store.execution(uuids[1])?.status == .running)
    }
}

extension Settlement {
    fileprivate static let cancelledByClosing = notStarted(
        reason: "never started: a is gone", logBytes: nil, now: 1_790_000_501)
}

extension InstanceStoreSuite: CustomTestStringConvertible {
    package var testDescription: String { name }
}
