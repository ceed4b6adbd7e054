import Core
import Testing

/// Tests of `max_running` and the queue.
extension ExecutionStoreSuite {
    private static let ownServer = Execution.sample().serverUUID
    private static let time = Execution.sample().executedAt

    static let queue: [ExecutionStoreSuite] = [
        .init(name: "max_running limits one command on one instance", check: holdsMaxRunning),
        .init(name: "max_running with scope all counts all instances", check: holdsMaxRunningOverAll),
        .init(name: "max_running holds for concurrent starts", check: holdsMaxRunningConcurrently),
        .init(name: "executions are queued in order, up to max_queued", check: queues),
        .init(name: "a new execution does not overtake queued ones", check: doesNotOvertake),
        .init(name: "a queued execution is claimed once, when it is next and max_running allows it", check: claims),
        .init(name: "concurrent claims start each execution once and respect max_running", check: claimsConcurrently),
        .init(name: "with scope all the oldest is next, except those of gone instances", check: skipsGoneInstances),
        .init(
            name: "an execution that never ran is queued again at its position, unless it has a kill request",
            check: requeues),
        .init(name: "a queued execution is cancelled once and never starts", check: dequeues),
        .init(name: "one of concurrent claims and cancellations succeeds", check: dequeuesConcurrently),
        .init(name: "a queued execution is not purged, settled or killed", check: leavesQueuedAlone),
    ]

    /// Inserts an execution.
    ///
    /// - Returns: Whether it runs or how many are queued before it; nil if it was refused.
    private static func add(
        _ store: any ExecutionStore, _ limit: RunningLimit?, _ uuid: JobUUID = JobUUID(), server: String = ownServer,
        command: String = "only:a", at time: Int64 = time
    ) throws -> String? {
        let row = Execution.sample(uuid, server: server, command: command, executedAt: time)
        switch try store.insert(row, limit: limit) {
        case .running: return "runs"
        case .queued(_, let ahead): return "\(ahead) ahead"
        case .full, .repeated: return nil
        }
    }

    static func holdsMaxRunning(_ store: any Store) throws {
        let first = JobUUID()
        #expect(try add(store, RunningLimit(1), first) == "runs")
        #expect(try add(store, RunningLimit(1)) == nil)
        #expect(try add(store, RunningLimit(2)) == "runs")
        #expect(try add(store, RunningLimit(2)) == nil)
        #expect(try add(store, RunningLimit(1), command: "other") == "runs")
        #expect(try add(store, RunningLimit(1), server: "other") == "runs")
        _ = try store.settle(first, .sample())
        #expect(try add(store, RunningLimit(2)) == "runs")
        #expect(try store.counts().map(\.count).reduce(0, +) == 5)
    }

    static func holdsMaxRunningOverAll(_ store: any Store) throws {
        let first = JobUUID()
        #expect(try add(store, RunningLimit(2, over: .all), first) == "runs")
        // An instance that is not registered, or is gone, may have running jobs. They count.
        #expect(try add(store, RunningLimit(2, over: .all), server: "other") == "runs")
        #expect(try add(store, RunningLimit(2, over: .all), server: "third") == nil)
        #expect(try add(store, RunningLimit(2), server: "third") == "runs")
        #expect(try add(store, RunningLimit(3, over: .all), command: "other") == "runs")
        _ = try store.settle(first, .sample())
        #expect(try add(store, RunningLimit(2, over: .all), server: "third") == nil)
        #expect(try add(store, RunningLimit(3, over: .all), server: "third") == "runs")
    }

    static func holdsMaxRunningConcurrently(_ store: any Store) async throws {
        let kept = try await concurrently(20) { number in
            try add(store, RunningLimit(3, over: number % 2 == 0 ? .all : .instance, maxQueued: 5))
        }
        #expect(kept.count { $0 == "runs" } == 3)
        #expect(kept.compactMap { $0 }.filter { $0 != "runs" }.sorted() == (0..<5).map { "\($0) ahead" })
        #expect(try store.running(on: ownServer).count == 3)
        #expect(try store.queued(on: ownServer).count == 5)
    }

    static func queues(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 2)
        let uuids = (0..<3).map { _ in JobUUID() }
        #expect(try uuids.map { try add(store, limit, $0) } == ["runs", "0 ahead", "1 ahead"])
        #expect(try add(store, limit) == nil)
        #expect(try add(store, limit, command: "other") == "runs")
        #expect(try add(store, limit, server: "other") == "runs")
        let queued = try store.queued(on: ownServer)
        #expect(queued.map(\.jobUUID) == uuids.dropFirst().map(\.description))
        #expect(queued.allSatisfy { $0.status == .queued && $0.queuedAt == time && $0.executedAt == time })
        #expect(try store.execution(uuids[2]) == queued[1])
        #expect(try store.queued(on: "other").isEmpty)
        #expect(try store.running(on: ownServer).count == 2)
        #expect(try queued.map { try store.countAhead(of: $0, over: .instance, now: time) } == [0, 1])
        #expect(try store.history(.init(visibility: .everything, status: .queued)).rows.map(\.id) == [3, 2])
        #expect(try store.counts().contains(.init(command: "only:a", status: .queued, count: 2)))
    }

    static func doesNotOvertake(_ store: any Store) throws {
        let first = JobUUID()
        let limit = RunningLimit(1, maxQueued: 9)
        #expect(try add(store, limit, first) == "runs")
        #expect(try add(store, limit) == "0 ahead")
        _ = try store.settle(first, .sample())
        #expect(try add(store, limit) == "1 ahead")
        #expect(try add(store, RunningLimit(5)) == nil, "Without max_queued it is neither queued nor overtakes.")
        #expect(try add(store, nil) == "runs")
    }

    static func claims(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 9)
        let uuids = (0..<3).map { _ in JobUUID() }
        for uuid in uuids { _ = try add(store, limit, uuid) }
        #expect(try !claim(store, uuids[1], limit: limit, now: time + 5), "max_running is reached")
        _ = try store.settle(uuids[0], .sample())
        #expect(try !claim(store, uuids[2], limit: limit, now: time + 5), "It is not next.")
        #expect(try !claim(store, uuids[0], limit: limit, now: time + 5), "It has ended.")
        #expect(try !claim(store, JobUUID(), limit: nil, now: time + 5))
        #expect(try claim(store, uuids[1], limit: limit, now: time + 5))
        #expect(try !claim(store, uuids[1], limit: nil, now: time + 6), "It is running.")
        let row = try #require(try store.execution(uuids[1]))
        #expect(row.status == .running)
        #expect(row.executedAt == time + 5)
        #expect(row.queuedAt == time)
        #expect(try claim(store, uuids[2], limit: nil, now: time + 7), "There is no limit.")
        #expect(try store.running(on: ownServer).count == 2)
        #expect(try store.queued(on: ownServer).isEmpty)
    }

    /// Claims an execution, and checks that `isNext` predicts the result.
    private static func claim(_ store: any Store, _ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws -> Bool {
        let isNext = try store.isNext(uuid, limit: limit, now: now)
        let isClaimed = try store.claim(uuid, limit: limit, now: now)
        #expect(isNext == isClaimed)
        return isClaimed
    }

    static func claimsConcurrently(_ store: any Store) async throws {
        let limit = RunningLimit(4, maxQueued: 99)
        let first = (0..<4).map { _ in JobUUID() }
        for uuid in first { _ = try add(store, limit, uuid) }
        let uuids = (0..<10).map { _ in JobUUID() }
        for uuid in uuids { _ = try add(store, limit, uuid) }
        for uuid in first { _ = try store.settle(uuid, .sample()) }
        let claimed = try await concurrently(20) { number in
            // A claim fails until its execution is next.
            try uuids.filter { try store.claim($0, limit: limit, now: time + Int64(number)) }
        }
        #expect(claimed.flatMap { $0 }.map(\.description).sorted() == uuids.prefix(4).map(\.description).sorted())
        #expect(try store.running(on: ownServer).map(\.jobUUID) == uuids.prefix(4).map(\.description))
    }

    static func skipsGoneInstances(_ store: any Store) throws {
        guard let registry = store as? any InstanceStore else { return }
        let limit = RunningLimit(1, over: .all, maxQueued: 9)
        let gone = time + RegisteredInstance.goneAfterByDefault + 1
        try registry.register(.sample("far", lastSeen: time))
        let uuids = (0..<4).map { _ in JobUUID() }
        #expect(try add(store, limit, uuids[0]) == "runs")
        #expect(try add(store, limit, uuids[1], server: "far") == "0 ahead")
        #expect(try add(store, limit, uuids[2]) == "1 ahead")
        _ = try store.settle(uuids[0], .sample())
        let own = try #require(try store.execution(uuids[2]))
        #expect(try store.countAhead(of: own, over: .all, now: gone - 1) == 1)
        #expect(try !claim(store, uuids[2], limit: limit, now: gone - 1))
        #expect(try store.countAhead(of: own, over: .all, now: gone) == 0)
        #expect(try add(store, limit, uuids[3], at: gone) == "1 ahead", "The own instance never counts as gone.")
        #expect(try claim(store, uuids[2], limit: limit, now: gone))
        #expect(try !claim(store, uuids[1], limit: limit, now: gone), "It is not next, because another one runs.")
        _ = try store.settle(uuids[2], .sample())
        #expect(try claim(store, uuids[1], limit: limit, now: gone))
        // A running execution of a gone instance still counts.
        #expect(try !claim(store, uuids[3], limit: limit, now: gone))
    }

    static func requeues(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 9)
        let uuids = (0..<4).map { _ in JobUUID() }
        for uuid in uuids { _ = try add(store, limit, uuid) }
        #expect(try !store.requeue(uuids[0]), "It was never queued.")
        #expect(try !store.requeue(uuids[1]), "It is still queued.")
        _ = try store.settle(uuids[0], .sample())
        let before = try store.execution(uuids[1])
        #expect(try store.claim(uuids[1], limit: limit, now: time + 5))
        #expect(try store.requeue(uuids[1]))
        #expect(try store.execution(uuids[1]) == before)
        #expect(try store.queued(on: ownServer).map(\.jobUUID) == uuids.dropFirst().map(\.description))
        #expect(try store.claim(uuids[1], limit: limit, now: time + 6))
        #expect(try store.requestKill(uuids[1], by: "ann@lab"))
        #expect(try !store.requeue(uuids[1]))
        _ = try store.settle(uuids[1], .sample())
        #expect(try !store.requeue(uuids[1]))
        #expect(try store.execution(uuids[1])?.status == .completed)
    }

    private static func cancelled(by user: String) -> Settlement {
        Settlement(status: .killed, finishedAt: time + 9, killedBy: .user(user), ending: .init(reason: "cancelled"))
    }

    static func dequeues(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 9)
        let uuids = (0..<3).map { _ in JobUUID() }
        for uuid in uuids { _ = try add(store, limit, uuid) }
        #expect(try !store.dequeue(uuids[0], cancelled(by: "ann@lab")), "It is running.")
        #expect(try store.dequeue(uuids[1], cancelled(by: "ann@lab")))
        #expect(try !store.dequeue(uuids[1], cancelled(by: "bob@lab")))
        #expect(try !store.dequeue(JobUUID(), cancelled(by: "bob@lab")))
        let row = try #require(try store.execution(uuids[1]))
        #expect(row.status == .killed)
        #expect(row.killedBy == "ann@lab")
        #expect(row.intendedToKillBy == "ann@lab")
        #expect(row.finishedAt == time + 9)
        #expect(row.executedAt == time + 9, "It has no duration.")
        #expect(row.queuedAt == time)
        #expect(row.ending == .init(reason: "cancelled"))
        #expect(try store.countAhead(of: #require(try store.execution(uuids[2])), over: .all, now: time) == 0)
        #expect(try store.dequeue(uuids[2], .notStarted(reason: "not allowed", logBytes: nil, now: time + 9)))
        #expect(try store.execution(uuids[2])?.status == .failed)
        #expect(try store.execution(uuids[2])?.intendedToKillBy == nil)
        #expect(try !store.claim(uuids[1], limit: nil, now: time + 9))
    }

    static func dequeuesConcurrently(_ store: any Store) async throws {
        let uuid = JobUUID()
        _ = try add(store, nil)
        _ = try add(store, RunningLimit(1, maxQueued: 1), uuid)
        let succeeded = try await concurrently(20) { number in
            number % 2 == 0
                ? try store.claim(uuid, limit: nil, now: time) : try store.dequeue(uuid, cancelled(by: "\(number)"))
        }
        #expect(succeeded.count { $0 } == 1)
        #expect(try store.queued(on: ownServer).isEmpty)
    }

    static func leavesQueuedAlone(_ store: any Store) throws {
        let uuid = JobUUID()
        _ = try add(store, nil)
        _ = try add(store, RunningLimit(1, maxQueued: 1), uuid)
        let before = try store.execution(uuid)
        #expect(try store.removeExecutions(on: ownServer, endedBefore: .max, limit: 9).isEmpty)
        #expect(try !store.settle(uuid, .sample()))
        #expect(try !store.requestKill(uuid, by: "ann@lab"))
        try store.note(uuid, reason: "x")
        #expect(try store.execution(uuid) == before)
    }
}
