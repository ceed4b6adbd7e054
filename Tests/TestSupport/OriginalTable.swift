import Core
import Testing

/// The original's table after a crash of the original.
package enum OriginalTable {
    /// The instance of all rows.
    package static let server = "81e2ae3b-3c1a-4ae3-a071-dcef9fdee943"

    /// Four rows: one completed, two running of which one has a kill request, and one killed.
    package static let rows = """
        INSERT INTO remotisan_executions (job_uuid, server_uuid, user_identifier, command, parameters, executed_at,
            finished_at, process_status, killed_by, intended_to_kill_by) VALUES
            ('76a37fdb-9d62-4ad8-94df-b632adc76c86', '\(server)', 'bob@lab', 'demo:echo', 'filler 11', 1795401896,
                1795401896, 2, NULL, NULL),
            ('a01aaed9-5f6d-4906-bc1d-696629c4e8ba', '\(server)', NULL, 'demo:echo', 'filler 11', 1795401896, 0, 1, NULL,
                NULL),
            ('3210df04-8b0b-46a3-ac06-ece8be493329', '\(server)', 'ann@lab', 'demo:echo', 'filler 11', 1795401896, 0, 1,
                NULL, 'bob@lab'),
            ('57daa7fd-5712-474f-a529-0ad0539423a4', '\(server)', 'ann@lab', 'demo:echo', 'filler 11', 1795401896,
                1795401896, 4, NULL, 'ann@lab');
        """

    /// Checks that a store with these rows returns them, accepts more, and settles the running ones.
    package static func check(in store: any ExecutionStore) throws {
        let page = try store.history(.init(visibility: .everything))
        #expect(page.total == 4)
        #expect(page.rows.map(\.id) == [4, 3, 2, 1])
        #expect(page.rows.map(\.status) == [.killed, .running, .running, .completed])
        #expect(page.rows.map(\.userIdentifier) == ["ann@lab", "ann@lab", nil, "bob@lab"])
        #expect(page.rows.map(\.intendedToKillBy) == ["ann@lab", "bob@lab", nil, nil])
        #expect(page.rows.allSatisfy { $0.parameters == "filler 11" && $0.ending == .init() })
        #expect(page.rows.allSatisfy { $0.executedAt == 1_795_401_896 })
        #expect(try store.users(.everything) == ["ann@lab", "bob@lab"])
        #expect(try store.counts().map(\.count).reduce(0, +) == 4)
        #expect(try store.running(on: server).map(\.id) == [2, 3])

        let long = String(repeating: "é", count: 5000)
        let uuid = JobUUID()
        let row = Execution.sample(uuid, user: long, parameters: long, executedAt: 5_000_000_000)
        #expect(try store.insert(row, limit: RunningLimit(1)) == .running(id: 5))
        #expect(try store.execution(uuid)?.parameters == long)
        #expect(throws: StoreError.self) { try store.insert(.sample(uuid), limit: nil) }
        #expect(try store.settle(uuid, .sample()))
        let left = try #require(JobUUID("a01aaed9-5f6d-4906-bc1d-696629c4e8ba"))
        #expect(try store.settle(left, .sample(.failed, exitCode: nil)))
        #expect(try store.running(on: server).map(\.id) == [3])
    }
}
