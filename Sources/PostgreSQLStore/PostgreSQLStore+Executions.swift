import Core
import SQLStore

extension PostgreSQLStore: ExecutionStore {
    package func insert(_ refusal: Refusal, by actor: AuditActor) throws(StoreError) {
        _ = try audited(
            """
            INSERT INTO remotisan_refusals
                (user_identifier, command, parameters, reason, refused_at, token_id, token_name)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                Value(refusal.userIdentifier), Value(refusal.command), Value(refusal.parameters), Value(refusal.reason),
                Value(refusal.at), Value(refusal.token?.id), Value(refusal.token?.name),
            ], .refused(refusal), by: actor)
    }

    package func refusals(limit: Int) throws(StoreError) -> [Refusal] {
        try run(
            """
            SELECT \(Refusal.columns) FROM remotisan_refusals ORDER BY id DESC LIMIT $1
            """, [Value(limit)]
        ).rows.map { Refusal($0) }
    }

    package func removeRefusals(before time: Int64, upTo newest: Int64, by actor: AuditActor) throws(StoreError) {
        let condition = "refused_at < $1 AND id <= $2"
        let values = [Value(time), Value(newest)]
        // Usually there are none. Then nothing is locked.
        let any = try run("SELECT EXISTS (SELECT FROM remotisan_refusals WHERE \(condition))", values)
        guard any.rows.first?.bool(0) == true else { return }
        try audited(by: actor) { connection throws(PostgreSQLError) in
            let removed =
                try connection.run([Query("DELETE FROM remotisan_refusals WHERE \(condition)", values)]).first?.changed
                ?? 0
            return ((), removed > 0 ? [.purged(refusals: removed, before: time)] : [])
        }
    }

    package func newestRowNumbers() throws(StoreError) -> NewestRowNumbers {
        let row = try run(
            "SELECT (SELECT max(id) FROM remotisan_executions), (SELECT max(id) FROM remotisan_refusals)"
        ).rows.first
        return NewestRowNumbers(executions: row?.integer(0) ?? 0, refusals: row?.integer(1) ?? 0)
    }

    package func execution(_ uuid: JobUUID) throws(StoreError) -> Execution? {
        try run(
            "SELECT \(Execution.columns) FROM remotisan_executions WHERE job_uuid = $1", [Value(uuid.description)]
        ).rows.first.map { Execution($0) }
    }

    package func jobs(beginningWith prefix: JobUUIDPrefix, limit: Int) throws(StoreError) -> [JobUUID] {
        try run(
            """
            SELECT job_uuid FROM remotisan_executions WHERE job_uuid >= $1 AND job_uuid < $2
            ORDER BY job_uuid LIMIT $3
            """, [Value(prefix.description), Value(prefix.end), Value(limit)]
        ).rows.compactMap { $0.text(0).flatMap { JobUUID($0) } }
    }

    package func running(on server: String) throws(StoreError) -> [Execution] {
        try run(
            """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE \(Status.running.condition) AND server_uuid = $1 ORDER BY id
            """, [Value(server)]
        ).rows.map { Execution($0) }
    }

    package func openExecutions(ofToken id: Int64) throws(StoreError) -> [Execution] {
        try run(
            """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE process_status IN (\(Status.running.sql), \(Status.queued.sql)) AND token_id = $1 ORDER BY id
            """, [Value(id)]
        ).rows.map { Execution($0) }
    }

    package func requestKill(
        _ uuid: JobUUID, by requester: KillRequester, _ actor: AuditActor
    ) throws(StoreError) -> Bool {
        try audited(
            """
            UPDATE remotisan_executions SET intended_to_kill_by = $1, timed_out = $2, kill_token_id = $4
            WHERE job_uuid = $3 AND \(Status.running.condition) AND intended_to_kill_by IS NULL
            """,
            [
                Value(requester.identifier), Value(requester.isTimeout ? 1 : nil), Value(uuid.description),
                Value(actor.tokenID),
            ], .killRequested(uuid, by: requester, actor), by: actor)
    }

    package func settle(
        _ settlements: [(uuid: JobUUID, settlement: Settlement)], by actor: AuditActor
    ) throws(StoreError) -> Set<JobUUID> {
        // In the order of the caller, which is that of the rows. So two brokers that settle the same rows never wait
        // for each other.
        var recorded: Set<JobUUID> = []
        var rest = settlements[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(Self.statementsInOneRoundTrip))
            rest = rest.dropFirst(batch.count)
            let queries = batch.map { Self.query(for: $0.uuid, $0.settlement, by: actor) }
            let results = try use { connection throws(PostgreSQLError) in
                try connection.run([AuditStatements.lock(actor)] + queries).dropFirst()
            }
            for (item, result) in zip(batch, results) where result.changed == 1 { recorded.insert(item.uuid) }
        }
        return recorded
    }

    /// More statements without reading answers could fill the buffers of both sides, libpq, "Pipeline Mode".
    static let statementsInOneRoundTrip = 50

    private static func query(for uuid: JobUUID, _ settlement: Settlement, by actor: AuditActor) -> Query {
        let ending = settlement.ending
        return AuditStatements.change(
            """
            UPDATE remotisan_executions
            SET process_status = $1, finished_at = CASE
                    WHEN abs($2::bigint - executed_at - $14::bigint) > \(Settlement.tolerance)
                    THEN executed_at + $14::bigint ELSE greatest($2::bigint, executed_at) END,
                killed_by = $3, exit_code = $4, signal = $5, reason = $6,
                cpu_ms = $7, peak_memory = $8, left_behind = $9, log_bytes = $10, timed_out = $11, lost = $12
            WHERE job_uuid = $13 AND \(Status.running.condition)
            """,
            [
                Value(settlement.status.rawValue), Value(settlement.finishedAt), Value(settlement.killedBy?.identifier),
                Value(ending.exitCode), Value(ending.signal), Value(ending.reason), Value(ending.cpuMilliseconds),
                Value(ending.peakMemory), Value(ending.leftBehind), Value(ending.logBytes),
                Value(settlement.isTimeout ? 1 : nil), Value(ending.isLost ? 1 : nil), Value(uuid.description),
                Value(settlement.ranSeconds),
            ], .ended(uuid.description, settlement), by: actor)
    }

    package func note(_ uuid: JobUUID, reason: String?) throws(StoreError) {
        _ = try run(
            "UPDATE remotisan_executions SET reason = $1 WHERE job_uuid = $2 AND \(Status.running.condition)",
            [Value(reason), Value(uuid.description)])
    }

    package func removeExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64, limit: Int, by actor: AuditActor
    ) throws(StoreError) -> [String] {
        // Skips rows that another client is removing, so that two such clients never wait for each other.
        let removal = Query(
            """
            WITH old AS MATERIALIZED (
                SELECT id FROM remotisan_executions
                WHERE \(Self.isRemovable) AND id <= $4
                ORDER BY executed_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM remotisan_executions WHERE id IN (SELECT id FROM old)
                RETURNING job_uuid, executed_at, id
            )
            SELECT job_uuid FROM gone ORDER BY executed_at, id
            """, [Value(server), Value(time), Value(limit), Value(newest)])
        return try audited(by: actor) { connection throws(PostgreSQLError) in
            let uuids = try connection.run([removal]).flatMap(\.rows).compactMap { $0.text(0) }
            return (uuids, uuids.isEmpty ? [] : [.purged(executions: uuids, before: time)])
        }
    }

    package func removableExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64, after id: Int64, limit: Int
    ) throws(StoreError) -> [RemovableExecution] {
        try run(
            """
            SELECT id, job_uuid FROM remotisan_executions WHERE \(Self.isRemovable) AND id <= $4 AND id > $5
            ORDER BY id LIMIT $3
            """, [Value(server), Value(time), Value(limit), Value(newest), Value(id)]
        ).rows.map { RemovableExecution(id: $0.integer(0) ?? 0, jobUUID: $0.text(1) ?? "") }
    }

    package func countRefusals(before time: Int64, upTo newest: Int64) throws(StoreError) -> Int {
        try run(
            "SELECT count(*) FROM remotisan_refusals WHERE refused_at < $1 AND id <= $2", [Value(time), Value(newest)]
        ).rows.first?.integer(0) ?? 0
    }

    /// The condition for executions of the instance `$1` that ended before `$2`.
    private static let isRemovable = """
        server_uuid = $1 AND \(Status.endedCondition) AND executed_at < $2
            AND coalesce(nullif(finished_at, 0), executed_at) < $2
        """
}
