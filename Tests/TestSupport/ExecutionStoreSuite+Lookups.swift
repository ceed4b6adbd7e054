import Core
import Testing

/// Looking for executions without changing them.
extension ExecutionStoreSuite {
    static let lookups: [ExecutionStoreSuite] = [
        .init(name: "jobs are found by the beginning of their UUIDs", check: findsByPrefix),
        .init(name: "what a removal would remove is listed and stays", check: listsRemovable),
    ]

    static func findsByPrefix(_ store: any Store) throws {
        let uuids = try [
            "abcd0000-0000-4000-8000-000000000001", "abcdffff-ffff-4fff-8fff-ffffffffffff",
            "abce0000-0000-4000-8000-000000000000", "abcc0000-0000-4000-8000-000000000000",
            "abcd0000-0000-4000-8000-000000000000",
        ].map { try #require(JobUUID($0)) }
        for uuid in uuids { _ = try store.insert(.sample(uuid), limit: nil) }
        func found(_ text: String, _ limit: Int = 9) throws -> [JobUUID] {
            try store.jobs(beginningWith: #require(JobUUIDPrefix(text)), limit: limit)
        }
        #expect(try found("abcd") == [uuids[4], uuids[0], uuids[1]])
        #expect(try found("ABCD") == [uuids[4], uuids[0], uuids[1]])
        #expect(try found("abcd", 2) == [uuids[4], uuids[0]])
        #expect(try found("abcd0000") == [uuids[4], uuids[0]])
        #expect(try found("abcd00000000") == [uuids[4], uuids[0]])
        #expect(try found("abcdffff-f") == [uuids[1]])
        #expect(try found(uuids[0].description) == [uuids[0]])
        #expect(try found("abcf").isEmpty)
    }

    static func listsRemovable(_ store: any Store) throws {
        var uuids: [JobUUID] = []
        for number in 0..<5 {
            let uuid = JobUUID()
            uuids.append(uuid)
            let server = number == 1 ? "other" : "one"
            _ = try store.insert(.sample(uuid, server: server, executedAt: 100), limit: nil)
            if number != 2 { _ = try store.settle(uuid, .sample(at: number == 4 ? 200 : 110)) }
            try store.insert(
                Refusal(userIdentifier: "a", command: "b", parameters: "", reason: "c", at: Int64(number)))
        }
        func list(_ newest: Int64 = .max, after id: Int64 = 0, limit: Int = 9) throws -> [RemovableExecution] {
            try store.removableExecutions(on: "one", endedBefore: 200, upTo: newest, after: id, limit: limit)
        }
        let all = try list()
        #expect(all.map(\.jobUUID) == [uuids[0], uuids[3]].map(\.description))
        try #require(all.count == 2)
        #expect(try list(limit: 1) == [all[0]])
        #expect(try list(after: all[0].id) == [all[1]])
        #expect(try list(all[0].id) == [all[0]])
        let newest = try store.newestRowNumbers()
        #expect(try store.countRefusals(before: 3, upTo: newest.refusals) == 3)
        #expect(try store.countRefusals(before: 3, upTo: newest.refusals - 3) == 2)
        #expect(try store.removeExecutions(on: "one", endedBefore: 200, limit: 9) == all.map(\.jobUUID))
        #expect(try list().isEmpty)
    }
}
