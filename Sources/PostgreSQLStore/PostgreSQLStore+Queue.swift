import Core
import SQLStore

/// Admission by running limits, and the queue.
extension PostgreSQLStore {
    /// If the answer to the commit is lost, the row may exist. Nothing was started for it, so its lock is free, and the
    /// next pass of the instance's broker settles it as lost.
    package func insert(_ execution: Execution, limit: RunningLimit?) throws(StoreError) -> Admission {
        let row: [Value] = [
            Value(execution.jobUUID), Value(execution.serverUUID), Value(execution.userIdentifier),
            Value(execution.command), Value(execution.parameters), Value(execution.executedAt),
        ]
        let columns = """
            INSERT INTO remotisan_executions
                (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status,
                 queued_at)
            SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, 0
            """
        guard let limit else {
            let id: Int64? = try run("\(columns), \(Status.running.sql), NULL RETURNING id", row).rows.first?.integer(0)
            return .running(id: id ?? 0)
        }
        // Two statements, because the second one must see the rows as they are after the lock was taken.
        let lock = Query("SELECT \(Self.lock("$1"))", [Value(execution.command)])
        let admission = Query(
            """
            WITH room AS MATERIALIZED (
                SELECT (
                    SELECT count(*) FROM remotisan_executions
                    WHERE \(Status.queued.condition) AND command = $4 AND \(Self.isWaitingIn(server: "$2", all: "$9", now: "$10"))
                ) AS waiting, (
                    SELECT count(*) FROM remotisan_executions
                    WHERE \(Status.running.condition) AND command = $4 AND ($9::boolean OR server_uuid = $2)
                ) AS running
            ), place AS (
                SELECT waiting, waiting > 0 OR running >= $7::bigint AS waits FROM room
            ), kept AS (
                \(columns), CASE WHEN waits THEN \(Status.queued.sql) ELSE \(Status.running.sql) END, CASE WHEN waits THEN $6::bigint END
                FROM place WHERE NOT waits OR waiting < $8::bigint
                RETURNING id, process_status
            )
            SELECT kept.id, kept.process_status, place.waiting FROM kept, place
            """,
            row + [
                Value(limit.maxRunning), Value(limit.maxQueued), Self.isForAll(limit.scope),
                Value(execution.executedAt),
            ])
        guard let kept = try run(lock, admission).last?.rows.first else { return .full }
        let id: Int64 = kept.integer(0) ?? 0
        return kept.integer(1) == Status.queued.rawValue
            ? .queued(id: id, ahead: kept.integer(2) ?? 0) : .running(id: id)
    }

    package func queued(on server: String) throws(StoreError) -> [Execution] {
        try run(
            """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE \(Status.queued.condition) AND server_uuid = $1 ORDER BY id
            """, [Value(server)]
        ).rows.map { Execution($0) }
    }

    package func countAhead(of execution: Execution, over scope: RunningLimit.Scope, now: Int64) throws(StoreError)
        -> Int
    {
        try run(
            """
            SELECT count(*) FROM remotisan_executions
            WHERE \(Status.queued.condition) AND command = $1 AND id < $2
                AND \(Self.isWaitingIn(server: "$3", all: "$4", now: "$5"))
            """,
            [
                Value(execution.command), Value(execution.id), Value(execution.serverUUID), Self.isForAll(scope),
                Value(now),
            ]
        ).rows.first?.integer(0) ?? 0
    }

    package func isNext(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool {
        let waiting = "SELECT FROM remotisan_executions AS mine WHERE job_uuid = $1 AND \(Status.queued.condition)"
        guard let limit else { return try !run(waiting, [Value(uuid.description)]).rows.isEmpty }
        return try !run(
            "\(waiting) AND \(Self.isNext(maxRunning: "$2", all: "$3", now: "$4"))",
            [Value(uuid.description), Value(limit.maxRunning), Self.isForAll(limit.scope), Value(now)]
        ).rows.isEmpty
    }

    package func claim(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool {
        let claim = """
            UPDATE remotisan_executions AS mine SET process_status = \(Status.running.sql), executed_at = $1
            WHERE job_uuid = $2 AND \(Status.queued.condition)
            """
        let values = [Value(now), Value(uuid.description)]
        guard let limit else { return try run(claim, values).changed == 1 }
        let lock = Query(
            "SELECT \(Self.lock("command")) FROM remotisan_executions WHERE job_uuid = $1 AND \(Status.queued.condition)",
            [Value(uuid.description)])
        let limited = Query(
            """
            \(claim) AND \(Self.isNext(maxRunning: "$3", all: "$4", now: "$5"))
            """, values + [Value(limit.maxRunning), Self.isForAll(limit.scope), Value(now)])
        return try run(lock, limited).last?.changed == 1
    }

    package func requeue(_ uuid: JobUUID) throws(StoreError) -> Bool {
        try run(
            """
            UPDATE remotisan_executions SET process_status = \(Status.queued.sql), executed_at = queued_at, reason = NULL
            WHERE job_uuid = $1 AND \(Status.running.condition) AND queued_at IS NOT NULL AND intended_to_kill_by IS NULL
            """, [Value(uuid.description)]
        ).changed == 1
    }

    package func dequeue(_ uuid: JobUUID, _ settlement: Settlement) throws(StoreError) -> Bool {
        try run(Self.dequeue(settlement, where: "job_uuid = $5", values: [Value(uuid.description)])).first?.changed == 1
    }

    /// Ends the queued executions that meet a condition. Its placeholders begin at $5.
    static func dequeue(_ settlement: Settlement, where condition: String, values: [Value]) -> Query {
        Query(
            """
            UPDATE remotisan_executions
            SET process_status = $1, executed_at = $2, finished_at = $2, killed_by = $3, intended_to_kill_by = $3,
                reason = $4
            WHERE \(Status.queued.condition) AND \(condition)
            """,
            [
                Value(settlement.status.rawValue), Value(settlement.finishedAt), Value(settlement.killedBy?.identifier),
                Value(settlement.ending.reason),
            ] + values)
    }

    /// Locks the counts of a command for all instances.
    private static func lock(_ command: String) -> String {
        "pg_advisory_xact_lock(hashtextextended('remotisan max_running ' || \(command), 0))"
    }

    /// Whether the limit permits to start the queued execution `mine`, and none is queued before it.
    private static func isNext(maxRunning: String, all: String, now: String) -> String {
        """
        (
            SELECT count(*) FROM remotisan_executions
            WHERE \(Status.running.condition) AND command = mine.command AND (\(all)::boolean OR server_uuid = mine.server_uuid)
        ) < \(maxRunning) AND NOT EXISTS (
            SELECT FROM remotisan_executions
            WHERE \(Status.queued.condition) AND command = mine.command AND id < mine.id
                AND \(isWaitingIn(server: "mine.server_uuid", all: all, now: now))
        )
        """
    }

    /// Whether a queued row counts for a limit. Those of gone instances do not.
    private static func isWaitingIn(server: String, all: String, now: String) -> String {
        """
        (server_uuid = \(server) OR (\(all)::boolean
            AND server_uuid IN (SELECT server_uuid FROM remotisan_instances WHERE last_seen >= \(now)::bigint - gone_after)))
        """
    }

    private static func isForAll(_ scope: RunningLimit.Scope) -> Value {
        Value(scope == .all ? "true" : "false")
    }
}
