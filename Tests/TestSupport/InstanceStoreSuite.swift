import Core
import Testing

/// What every registry of instances must do, whatever is under it: each function is one sentence, given an empty store.
package struct InstanceStoreSuite: Sendable {
    /// A store that keeps executions and instances.
    package typealias Store = ExecutionStore & InstanceStore

    /// What it does, as a test's name says it.
    package let name: String
    /// Looks whether a store does it.
    package let check: @Sendable (any Store) async throws -> Void

    /// All of them.
    package static let all: [InstanceStoreSuite] = [
        .init(name: "an instance is registered once and refreshed after that", check: registers),
        .init(name: "instances are listed by name", check: lists),
        .init(name: "what runs and waits is counted for each instance", check: countsOpen),
        .init(name: "what runs on a gone instance is closed, and nothing else", check: closes),
        .init(name: "nothing is closed of an instance that was seen, or never registered", check: spares),
        .init(name: "an instance takes back what was closed of it, and nothing else", check: takesBack),
        .init(name: "of many that close at once one closes each execution", check: closesConcurrently),
        .init(name: "what waits on a gone instance is called off, and never taken back", check: callsOff),
    ]

    private static let lost = Settlement(
        status: .failed, finishedAt: 1_790_000_500, ending: .init(reason: "lost: instance a is gone", isLost: true))

    /// Closes the executions of an instance, as an administrator does.
    @discardableResult
    private static func close(
        _ store: any Store, _ server: String = "a", at now: Int64 = 251, by user: String = "root@lab"
    ) throws(StoreError) -> Int? {
        try store.closeExecutions(on: server, goneAt: now, by: user, running: lost, queued: .cancelledByClosing)
    }

    static func registers(_ store: any Store) throws {
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

    static func spares(_ store: any Store) throws {
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid, server: "a"), limit: nil)
        #expect(try close(store) == nil)
        try store.register(.sample("a", lastSeen: 101))
        #expect(try close(store) == nil)
        #expect(try store.execution(uuid)?.status == .running)
        // It may say that it is silent for longer, or that it never is.
        for (goneAfter, now) in [(1000, 1101), (5, 106)] as [(Int64, Int64)] {
            var row = RegisteredInstance.sample("a", lastSeen: 101)
            row.goneAfter = goneAfter
            try store.register(row)
            #expect(try close(store, at: now) == nil)
        }
        #expect(try close(store, at: 107) == 1)
    }

    static func takesBack(_ store: any Store) throws {
        for server in ["a", "b"] { try store.register(.sample(server, lastSeen: 100)) }
        let closed = JobUUID()
        let killed = JobUUID()
        let failed = JobUUID()
        let lost = JobUUID()
        let others = JobUUID()
        for (uuid, server) in [(closed, "a"), (killed, "a"), (failed, "a"), (lost, "a"), (others, "b")] {
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

        let taken = try store.reopenClosedExecutions(on: "a")
        #expect(taken.map(\.jobUUID) == [closed.description])
        #expect(taken.first?.closedBy == "root@lab")
        let row = try #require(try store.execution(closed))
        #expect(row.status == .running)
        #expect(row.finishedAt ?? 0 == 0)
        #expect(row.ending == .init())
        #expect(row.closedBy == nil)
        #expect(row.intendedToKillBy == "ann@lab", "A wish to kill outlives the closing.")
        #expect(try store.running(on: "a").map(\.jobUUID) == [closed.description])
        #expect(try [killed, failed, lost].map { try store.execution($0) } == untouched)
        #expect(try store.execution(others)?.status == .failed)
        #expect(try store.reopenClosedExecutions(on: "a").isEmpty)
        // From here it is settled like any other.
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
    static func callsOff(_ store: any Store) throws {
        for server in ["a", "b"] { try store.register(.sample(server, lastSeen: 100)) }
        let uuids = (0..<3).map { _ in JobUUID() }
        for uuid in uuids {
            _ = try store.insert(.sample(uuid, server: "a"), limit: RunningLimit(1, maxQueued: 9))
        }
        let others = JobUUID()
        _ = try store.insert(.sample(server: "b"), limit: nil)
        _ = try store.insert(.sample(others, server: "b"), limit: RunningLimit(1, maxQueued: 9))
        #expect(try store.settle(uuids[0], .sample()))
        #expect(try store.claim(uuids[1], limit: nil, now: 90))
        #expect(try close(store) == 2)
        let row = try #require(try store.execution(uuids[2]))
        #expect(row.status == .failed)
        #expect(row.finishedAt == Settlement.cancelledByClosing.finishedAt)
        #expect(row.executedAt == row.finishedAt, "It never ran.")
        #expect(row.ending == Settlement.cancelledByClosing.ending)
        #expect(try store.execution(others)?.status == .queued)
        #expect(try store.reopenClosedExecutions(on: "a").map(\.jobUUID) == [uuids[1].description])
        #expect(try store.execution(uuids[2]) == row)
        // Somebody was told that it is over: it is not started behind their back.
        #expect(try !store.requeue(uuids[1]))
        #expect(try store.execution(uuids[1])?.status == .running)
    }
}

extension Settlement {
    fileprivate static let cancelledByClosing = notStarted(
        reason: "never started: a is gone", logBytes: nil, now: 1_790_000_501)
}

extension InstanceStoreSuite: CustomTestStringConvertible {
    /// The sentence.
    package var testDescription: String { name }
}
