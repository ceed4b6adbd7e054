import Core
import Testing

/// Who may run, and who waits.
extension ExecutionStoreSuite {
    private static let here = Execution.sample().serverUUID
    private static let time = Execution.sample().executedAt

    static let queue: [ExecutionStoreSuite] = [
        .init(name: "max_running holds for one command on one instance", check: holdsMaxRunning),
        .init(name: "max_running over all instances counts every one", check: holdsMaxRunningOverAll),
        .init(name: "max_running holds under 20 at once", check: holdsMaxRunningConcurrently),
        .init(name: "as many wait as may, in their order", check: queues),
        .init(name: "a newcomer does not overtake those that wait", check: doesNotOvertake),
        .init(name: "one that waits is claimed once, in its turn, when there is room", check: claims),
        .init(name: "of 20 that claim at once each starts once and max_running holds", check: claimsConcurrently),
        .init(name: "over all instances the oldest is next, but for those of a gone instance", check: passesGone),
        .init(name: "what never ran goes back to its old place, unless somebody wants it dead", check: givesBack),
        .init(name: "one that waits is called off once, and never starts", check: dequeues),
        .init(name: "of those that start and call it off at once one succeeds", check: dequeuesConcurrently),
        .init(name: "what waits is not removed as old, nor settled, nor killed", check: leavesWaiting),
    ]

    /// Keeps one and tells whether it runs, else how many wait before it; nil: there was no room.
    private static func add(
        _ store: any ExecutionStore, _ limit: RunningLimit?, _ uuid: JobUUID = JobUUID(), server: String = here,
        command: String = "only:a", at time: Int64 = time
    ) throws -> String? {
        let row = Execution.sample(uuid, server: server, command: command, executedAt: time)
        switch try store.insert(row, limit: limit) {
        case .running: return "runs"
        case .queued(_, let ahead): return "\(ahead) ahead"
        case .full: return nil
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
        // Never registered, or gone: what it says is running may be so.
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
        #expect(try store.running(on: here).count == 3)
        #expect(try store.queued(on: here).count == 5)
    }

    static func queues(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 2)
        let uuids = (0..<3).map { _ in JobUUID() }
        #expect(try uuids.map { try add(store, limit, $0) } == ["runs", "0 ahead", "1 ahead"])
        #expect(try add(store, limit) == nil)
        #expect(try add(store, limit, command: "other") == "runs")
        #expect(try add(store, limit, server: "other") == "runs")
        let waiting = try store.queued(on: here)
        #expect(waiting.map(\.jobUUID) == uuids.dropFirst().map(\.description))
        #expect(waiting.allSatisfy { $0.status == .queued && $0.queuedAt == time && $0.executedAt == time })
        #expect(try store.execution(uuids[2]) == waiting[1])
        #expect(try store.queued(on: "other").isEmpty)
        #expect(try store.running(on: here).count == 2)
        #expect(try waiting.map { try store.countAhead(of: $0, over: .instance, now: time) } == [0, 1])
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
        #expect(try add(store, RunningLimit(5)) == nil, "Nobody waits where nobody may, nor passes.")
        #expect(try add(store, nil) == "runs")
    }

    static func claims(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 9)
        let uuids = (0..<3).map { _ in JobUUID() }
        for uuid in uuids { _ = try add(store, limit, uuid) }
        #expect(try !claim(store, uuids[1], limit: limit, now: time + 5), "no room")
        _ = try store.settle(uuids[0], .sample())
        #expect(try !claim(store, uuids[2], limit: limit, now: time + 5), "not its turn")
        #expect(try !claim(store, uuids[0], limit: limit, now: time + 5), "ended")
        #expect(try !claim(store, JobUUID(), limit: nil, now: time + 5))
        #expect(try claim(store, uuids[1], limit: limit, now: time + 5))
        #expect(try !claim(store, uuids[1], limit: nil, now: time + 6), "runs already")
        let row = try #require(try store.execution(uuids[1]))
        #expect(row.status == .running)
        #expect(row.executedAt == time + 5)
        #expect(row.queuedAt == time)
        #expect(try claim(store, uuids[2], limit: nil, now: time + 7), "nothing limits it any more")
        #expect(try store.running(on: here).count == 2)
        #expect(try store.queued(on: here).isEmpty)
    }

    /// A look finds what the claim then does.
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
            // Whoever comes first is refused until it is the turn of its job.
            try uuids.filter { try store.claim($0, limit: limit, now: time + Int64(number)) }
        }
        #expect(claimed.flatMap { $0 }.map(\.description).sorted() == uuids.prefix(4).map(\.description).sorted())
        #expect(try store.running(on: here).map(\.jobUUID) == uuids.prefix(4).map(\.description))
    }

    static func passesGone(_ store: any Store) throws {
        guard let registry = store as? any InstanceStore else { return }
        let limit = RunningLimit(1, over: .all, maxQueued: 9)
        let gone = time + RegisteredInstance.goneAfterByDefault + 1
        try registry.register(.sample("far", lastSeen: time))
        let uuids = (0..<4).map { _ in JobUUID() }
        #expect(try add(store, limit, uuids[0]) == "runs")
        #expect(try add(store, limit, uuids[1], server: "far") == "0 ahead")
        #expect(try add(store, limit, uuids[2]) == "1 ahead")
        _ = try store.settle(uuids[0], .sample())
        let mine = try #require(try store.execution(uuids[2]))
        #expect(try store.countAhead(of: mine, over: .all, now: gone - 1) == 1)
        #expect(try !claim(store, uuids[2], limit: limit, now: gone - 1))
        #expect(try store.countAhead(of: mine, over: .all, now: gone) == 0)
        #expect(try add(store, limit, uuids[3], at: gone) == "1 ahead", "Its own instance is never gone.")
        #expect(try claim(store, uuids[2], limit: limit, now: gone))
        #expect(try !claim(store, uuids[1], limit: limit, now: gone), "It waits its turn when it is back.")
        _ = try store.settle(uuids[2], .sample())
        #expect(try claim(store, uuids[1], limit: limit, now: gone))
        // What runs there according to the table still counts.
        #expect(try !claim(store, uuids[3], limit: limit, now: gone))
    }

    static func givesBack(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 9)
        let uuids = (0..<4).map { _ in JobUUID() }
        for uuid in uuids { _ = try add(store, limit, uuid) }
        #expect(try !store.requeue(uuids[0]), "It has never waited.")
        #expect(try !store.requeue(uuids[1]), "It still waits.")
        _ = try store.settle(uuids[0], .sample())
        let before = try store.execution(uuids[1])
        #expect(try store.claim(uuids[1], limit: limit, now: time + 5))
        #expect(try store.requeue(uuids[1]))
        #expect(try store.execution(uuids[1]) == before)
        #expect(try store.queued(on: here).map(\.jobUUID) == uuids.dropFirst().map(\.description))
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
        #expect(try !store.dequeue(uuids[0], cancelled(by: "ann@lab")), "It runs.")
        #expect(try store.dequeue(uuids[1], cancelled(by: "ann@lab")))
        #expect(try !store.dequeue(uuids[1], cancelled(by: "bob@lab")))
        #expect(try !store.dequeue(JobUUID(), cancelled(by: "bob@lab")))
        let row = try #require(try store.execution(uuids[1]))
        #expect(row.status == .killed)
        #expect(row.killedBy == "ann@lab")
        #expect(row.intendedToKillBy == "ann@lab")
        #expect(row.finishedAt == time + 9)
        #expect(row.executedAt == time + 9, "It never ran.")
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
        #expect(try store.queued(on: here).isEmpty)
    }

    static func leavesWaiting(_ store: any Store) throws {
        let uuid = JobUUID()
        _ = try add(store, nil)
        _ = try add(store, RunningLimit(1, maxQueued: 1), uuid)
        let before = try store.execution(uuid)
        #expect(try store.removeExecutions(on: here, endedBefore: .max, limit: 9).isEmpty)
        #expect(try !store.settle(uuid, .sample()))
        #expect(try !store.requestKill(uuid, by: "ann@lab"))
        try store.note(uuid, reason: "x")
        #expect(try store.execution(uuid) == before)
    }
}
