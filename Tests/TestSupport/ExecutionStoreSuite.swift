import Core
import Testing

/// The tests that every store of executions must pass. Each function gets an empty store.
package struct ExecutionStoreSuite: Sendable {
    package typealias Store = ExecutionStore & TokenStore

    /// The name of the test.
    package let name: String
    /// The test.
    package let check: @Sendable (any Store) async throws -> Void

    package static let all: [ExecutionStoreSuite] =
        [
            .init(name: "a stored execution is returned unchanged", check: storesExecutions),
            .init(name: "only a running execution is settled", check: settlesOnce),
            .init(name: "many executions are settled together", check: settlesMany),
            .init(name: "a jump of the wall clock does not change a duration", check: measuresDurations),
            .init(name: "only the first kill request of a running execution is stored", check: requestsKillOnce),
            .init(name: "a reason can be noted for a running execution", check: notesReason),
            .init(name: "running executions of an instance are returned, oldest first", check: findsRunning),
            .init(name: "one of many concurrent kill requests is stored", check: requestsKillConcurrently),
            .init(name: "refused attempts are returned, newest first", check: storesRefusals),
            .init(name: "the users of visible executions are listed", check: listsUsers),
            .init(name: "old executions of an instance are removed, oldest first", check: removes),
            .init(name: "rows with larger numbers are not removed", check: removesUpToNumber),
            .init(name: "text is stored byte for byte", check: storesText),
        ] + lookups + tokens + queue + idempotency + restored + audit

    static func storesExecutions(_ store: any Store) throws {
        let uuid = JobUUID()
        #expect(try store.execution(uuid) == nil)
        var row = Execution.sample(uuid, user: nil, command: "a:b", parameters: "x 'y z'", executedAt: 1_790_000_000)
        let admission = try store.insert(row, limit: nil)
        let kept = try #require(try store.execution(uuid))
        #expect(admission == .running(id: kept.id))
        row.id = kept.id
        row.finishedAt = 0
        #expect(kept == row)
        guard case .running(let next) = try store.insert(.sample(), limit: nil) else {
            Issue.record("An execution without a limit must run.")
            return
        }
        #expect(next > kept.id)
        #expect(throws: StoreError.self) { try store.insert(.sample(uuid), limit: nil) }
        #expect(try store.counts().map(\.count).reduce(0, +) == 2)
    }

    static func measuresDurations(_ store: any Store) throws {
        let start: Int64 = 1_790_000_000
        let day: Int64 = 86_400
        // The end by the wall clock, the running time, and the expected end.
        let cases: [(Int64, Int64?, Int64)] = [
            (7, 7, 7), (9, 7, 9), (5, 7, 5), (10, 7, 7), (400 * day, 7, 7), (-400 * day, 7, 7), (900, 7, 7),
            (-900, 7, 7), (0, 0, 0), (400 * day, 0, 0), (500, nil, 500), (-500, nil, 0),
        ]
        for (wall, ran, expected) in cases {
            let uuid = JobUUID()
            _ = try store.insert(.sample(uuid, executedAt: start), limit: nil)
            let settlement = Settlement(
                status: .completed, finishedAt: start + wall, ending: .init(exitCode: 0),
                ranMilliseconds: ran.map { $0 * 1000 })
            #expect(try store.settle(uuid, settlement))
            let row = try #require(try store.execution(uuid))
            #expect(row.finishedAt == start + expected, "\(wall) \(ran.map(String.init) ?? "nil")")
            #expect(row.finishedAt == settlement.finishedAt(startedAt: start))
        }
    }

    static func removesUpToNumber(_ store: any Store) throws {
        #expect(try store.newestRowNumbers() == NewestRowNumbers(executions: 0, refusals: 0))
        let uuids = try (0..<4).map { _ in
            let uuid = JobUUID()
            _ = try store.insert(.sample(uuid, server: "a", executedAt: 10), limit: nil)
            _ = try store.settle(uuid, .sample(at: 20))
            try store.insert(Refusal(userIdentifier: "a", command: "b", parameters: "", reason: "c", at: 10))
            return uuid
        }
        let newest = try store.newestRowNumbers()
        #expect(try store.execution(uuids[3])?.id == newest.executions)
        let limit = NewestRowNumbers(executions: newest.executions - 1, refusals: newest.refusals - 1)
        let removed = try store.removeExecutions(on: "a", endedBefore: .max, upTo: limit.executions, limit: 9)
        #expect(removed == uuids.dropLast().map(\.description))
        #expect(try store.removeExecutions(on: "a", endedBefore: .max, upTo: limit.executions, limit: 9).isEmpty)
        try store.removeRefusals(before: .max, upTo: limit.refusals)
        #expect(try store.refusals(limit: 9).count == 1)
        #expect(try store.newestRowNumbers() == newest)
    }

    static func settlesOnce(_ store: any Store) throws {
        let uuid = JobUUID()
        let end = Settlement(
            status: .killed, finishedAt: 1_790_000_007, killedBy: "ann@lab",
            ending: .init(
                exitCode: 3, signal: 9, reason: "x", cpuMilliseconds: .max, peakMemory: 1 << 40, leftBehind: 2,
                logBytes: 0))
        #expect(try !store.settle(uuid, end))
        _ = try store.insert(.sample(uuid), limit: nil)
        #expect(try store.settle(uuid, end))
        let row = try #require(try store.execution(uuid))
        #expect(row.status == .killed)
        #expect(row.finishedAt == 1_790_000_007)
        #expect(row.killedBy == "ann@lab")
        #expect(row.ending == end.ending)
        #expect(try !store.settle(uuid, .sample()))
        #expect(try store.execution(uuid) == row)
    }

    static func settlesMany(_ store: any Store) throws {
        #expect(try store.settle([]).isEmpty)
        let running = (0..<130).map { _ in JobUUID() }
        for uuid in running { _ = try store.insert(.sample(uuid), limit: nil) }
        let ended = running[7]
        #expect(try store.settle(ended, .sample(.failed, exitCode: 9)))
        let all = (running + [JobUUID()]).enumerated().map { index, uuid in
            (uuid: uuid, settlement: Settlement.sample(exitCode: index))
        }
        #expect(try store.settle(all) == Set(running).subtracting([ended]))
        for (index, uuid) in running.enumerated() {
            #expect(try store.execution(uuid)?.ending.exitCode == (uuid == ended ? 9 : index))
        }
        #expect(try store.execution(ended)?.status == .failed)
    }

    static func requestsKillOnce(_ store: any Store) throws {
        let uuid = JobUUID()
        #expect(try !store.requestKill(uuid, by: "ann@lab"))
        _ = try store.insert(.sample(uuid), limit: nil)
        #expect(try store.requestKill(uuid, by: "ann@lab"))
        #expect(try !store.requestKill(uuid, by: "bob@lab"))
        #expect(try store.execution(uuid)?.intendedToKillBy == "ann@lab")
        #expect(try store.execution(uuid)?.status == .running)
        let ended = JobUUID()
        _ = try store.insert(.sample(ended), limit: nil)
        #expect(try store.settle(ended, .sample()))
        #expect(try !store.requestKill(ended, by: "ann@lab"))
        #expect(try store.execution(ended)?.intendedToKillBy == nil)
    }

    static func notesReason(_ store: any Store) throws {
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid), limit: nil)
        try store.note(uuid, reason: "not killed: 7 x")
        #expect(try store.execution(uuid)?.ending.reason == "not killed: 7 x")
        try store.note(uuid, reason: nil)
        #expect(try store.execution(uuid)?.ending.reason == nil)
        _ = try store.settle(uuid, .sample())
        try store.note(uuid, reason: "late")
        #expect(try store.execution(uuid)?.ending.reason == nil)
    }

    static func findsRunning(_ store: any Store) throws {
        let uuids = (0..<4).map { _ in JobUUID() }
        for (number, uuid) in uuids.enumerated() {
            // The clock may have been set back, so the order of insertion decides.
            let row = Execution.sample(
                uuid, server: number == 1 ? "other" : "one", executedAt: 1_790_000_000 - Int64(number))
            _ = try store.insert(row, limit: nil)
        }
        _ = try store.settle(uuids[2], .sample())
        #expect(try store.running(on: "one").map(\.jobUUID) == [uuids[0], uuids[3]].map(\.description))
        #expect(try store.running(on: "other").map(\.jobUUID) == [uuids[1].description])
        #expect(try store.running(on: "none").isEmpty)
    }

    static func requestsKillConcurrently(_ store: any Store) async throws {
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid), limit: nil)
        let answers = try await concurrently(20) { number in
            let requester = KillRequester.user("user \(number)")
            return try store.requestKill(uuid, by: requester) ? requester : nil
        }
        #expect(answers.compactMap { $0 } == [try store.execution(uuid)?.intendedToKillBy])
    }

    static func storesRefusals(_ store: any Store) throws {
        let refusals = (0..<5).map { number in
            Refusal(userIdentifier: "ann@lab", command: "c\(number)", parameters: "p", reason: "r", at: Int64(number))
        }
        for refusal in refusals { try store.insert(refusal) }
        #expect(try store.refusals(limit: 3) == Array(refusals.reversed().prefix(3)))
        #expect(try store.refusals(limit: 0).isEmpty)
        #expect(try store.refusals(limit: 99).count == 5)
        let time = refusals[2].at
        try store.removeRefusals(before: time)
        #expect(try store.refusals(limit: 99) == Array(refusals.filter { $0.at >= time }.reversed()))
    }

    static func listsUsers(_ store: any Store) throws {
        let rows = [("b", "x"), ("a", "y"), ("a", "x"), (nil, "x"), ("", "x"), ("c", "z"), ("é", "z")]
        for (user, command) in rows {
            _ = try store.insert(.sample(user: user, command: command), limit: nil)
        }
        #expect(try store.users(.everything) == ["a", "b", "c", "é"])
        #expect(try store.users(.own("a")) == ["a"])
        #expect(try store.users(.own("z")).isEmpty)
        #expect(try store.users(.ownAndCommands("c", ["x"])) == ["a", "b", "c"])
        #expect(try store.users(.ownAndCommands("nobody", [])).isEmpty)
    }

    static func removes(_ store: any Store) throws {
        func add(_ executedAt: Int64, endedAt: Int64?, server: String = "one") throws -> JobUUID {
            let uuid = JobUUID()
            _ = try store.insert(.sample(uuid, server: server, executedAt: executedAt), limit: nil)
            if let endedAt { _ = try store.settle(uuid, .sample(at: endedAt)) }
            return uuid
        }
        let old = try [add(100, endedAt: 110), add(90, endedAt: 120), add(95, endedAt: 0)]
        let kept = try [
            add(80, endedAt: nil), add(100, endedAt: 200), add(100, endedAt: 110, server: "other"),
            add(200, endedAt: 210),
        ]
        #expect(try store.removeExecutions(on: "one", endedBefore: 200, limit: 1) == [old[1].description])
        let rest = try store.removeExecutions(on: "one", endedBefore: 200, limit: 99)
        #expect(rest == [old[2], old[0]].map(\.description))
        #expect(try store.removeExecutions(on: "one", endedBefore: 200, limit: 99).isEmpty)
        for uuid in old { #expect(try store.execution(uuid) == nil) }
        for uuid in kept { #expect(try store.execution(uuid) != nil) }
        #expect(try store.counts().map(\.count).reduce(0, +) == kept.count)
    }

    static func storesText(_ store: any Store) throws {
        for text in [
            "'; DROP TABLE remotisan_executions; --", "é", "e\u{301}", "\u{1F600}", " x ", "%_\\", "a\nb\r\n",
            "\u{FEFF}x",
        ] {
            let uuid = JobUUID()
            _ = try store.insert(.sample(uuid, user: text, command: text, parameters: text), limit: nil)
            let row = try #require(try store.execution(uuid))
            for kept in [row.userIdentifier, row.command, row.parameters] {
                #expect(kept.map { Array($0.utf8) } == Array(text.utf8))
            }
            #expect(try store.history(.init(visibility: .own(text))).total == 1)
            #expect(try store.history(.init(visibility: .everything, user: text)).total == 1)
            #expect(try store.history(.init(visibility: .ownAndCommands("", [text]))).total == 1)
        }
    }

    /// Runs the same work several times concurrently, each on its own thread.
    package static func concurrently<Value: Sendable>(
        _ count: Int, _ work: @escaping @Sendable (Int) throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for number in 0..<count { group.addTask { try await onThread { try work(number) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension ExecutionStoreSuite: CustomTestStringConvertible {
    package var testDescription: String { name }
}
