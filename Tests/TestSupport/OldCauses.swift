import Core
import Testing

/// Rows of earlier versions, which stored the cause of an end only in the wording of columns.
package enum OldCauses {
    private static let timedOut = "76a37fdb-9d62-4ad8-94df-b632adc76c86"
    private static let lost = "a01aaed9-5f6d-4906-bc1d-696629c4e8ba"
    private static let closed = "3210df04-8b0b-46a3-ac06-ece8be493329"
    private static let failed = "57daa7fd-5712-474f-a529-0ad0539423a4"

    /// SQL that inserts the rows: one killed by its timeout, one lost, one closed, and one failed.
    package static let rows = """
        INSERT INTO remotisan_executions (job_uuid, server_uuid, user_identifier, command, parameters, executed_at,
            finished_at, process_status, killed_by, intended_to_kill_by, reason) VALUES
            ('\(timedOut)', 'ops-1', 'ann@lab', 'x', '', 100, 200, 4, 'timeout', 'timeout', NULL),
            ('\(lost)', 'ops-1', 'ann@lab', 'x', '', 100, 200, 3, NULL, NULL, 'lost'),
            ('\(closed)', 'ops-2', 'ann@lab', 'x', '', 100, 200, 3, NULL, NULL,
                'lost: instance ops-2 is gone, closed by carol'),
            ('\(failed)', 'ops-1', 'ann@lab', 'x', '', 100, 200, 3, NULL, NULL, NULL);
        """

    /// Checks that a migrated store returns the causes as facts.
    package static func check(in store: any ExecutionStore & InstanceStore) throws {
        func row(_ text: String) throws -> Execution {
            let uuid = try #require(JobUUID(text))
            return try #require(try store.execution(uuid))
        }
        #expect(try row(timedOut).killedBy == .timeout)
        #expect(try row(timedOut).intendedToKillBy == .timeout)
        #expect(try row(timedOut).status == .killed)
        #expect(try row(lost).ending.isLost)
        #expect(try row(lost).closedBy == nil)
        #expect(try row(closed).ending.isLost)
        #expect(try row(closed).closedBy == "carol")
        #expect(try !row(failed).ending.isLost)
        #expect(try row(failed).killedBy == nil)
        #expect(try store.reopenClosedExecutions(on: "ops-2").map(\.jobUUID) == [closed])

        // A user called timeout is not a timeout.
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid), limit: nil)
        #expect(try store.requestKill(uuid, by: .user("timeout")))
        #expect(try store.execution(uuid)?.intendedToKillBy == .user("timeout"))
        #expect(try store.settle(uuid, .sample(.killed, killedBy: .user("timeout"))))
        #expect(try store.execution(uuid)?.killedBy == .user("timeout"))
        #expect(try store.execution(uuid)?.killedBy != .timeout)
    }
}
