import Core

extension PostgreSQLStore: ExecutionStore {
    package func insert(_ refusal: Refusal) throws {
        _ = try run(
            """
            INSERT INTO remotisan_refusals (user_identifier, command, parameters, reason, refused_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [
                Value(refusal.userIdentifier), Value(refusal.command), Value(refusal.parameters), Value(refusal.reason),
                Value(refusal.at),
            ])
    }

    package func refusals(limit: Int) throws -> [Refusal] {
        try run(
            """
            SELECT user_identifier, command, parameters, reason, refused_at FROM remotisan_refusals
            ORDER BY id DESC LIMIT $1
            """, [Value(limit)]
        ).rows.map { row in
            Refusal(
                userIdentifier: row[text: 0] ?? "", command: row[text: 1] ?? "", parameters: row[text: 2] ?? "",
                reason: row[text: 3] ?? "", at: row[number: 4] ?? 0)
        }
    }

    package func removeRefusals(before time: Int64) throws {
        _ = try run("DELETE FROM remotisan_refusals WHERE refused_at < $1", [Value(time)])
    }

    package func execution(_ uuid: JobUUID) throws -> Execution? {
        try run(
            "SELECT \(Execution.columns) FROM remotisan_executions WHERE job_uuid = $1", [Value(uuid.description)]
        ).rows.first.map { Execution($0) }
    }

    package func running(on server: String) throws -> [Execution] {
        try run(
            """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE process_status = 1 AND server_uuid = $1 ORDER BY id
            """, [Value(server)]
        ).rows.map { Execution($0) }
    }

    package func requestKill(_ uuid: JobUUID, by user: String) throws -> Bool {
        try run(
            """
            UPDATE remotisan_executions SET intended_to_kill_by = $1
            WHERE job_uuid = $2 AND process_status = 1 AND intended_to_kill_by IS NULL
            """, [Value(user), Value(uuid.description)]
        ).changed == 1
    }

    package func settle(_ uuid: JobUUID, _ settlement: Settlement) throws -> Bool {
        let ending = settlement.ending
        return try run(
            """
            UPDATE remotisan_executions
            SET process_status = $1, finished_at = $2, killed_by = $3, exit_code = $4, signal = $5, reason = $6,
                cpu_ms = $7, peak_memory = $8, left_behind = $9, log_bytes = $10
            WHERE job_uuid = $11 AND process_status = 1
            """,
            [
                Value(settlement.status.rawValue), Value(settlement.finishedAt), Value(settlement.killedBy),
                Value(ending.exitCode), Value(ending.signal), Value(ending.reason), Value(ending.cpuMilliseconds),
                Value(ending.peakMemory), Value(ending.leftBehind), Value(ending.logBytes), Value(uuid.description),
            ]
        ).changed == 1
    }

    package func note(_ uuid: JobUUID, reason: String?) throws {
        _ = try run(
            "UPDATE remotisan_executions SET reason = $1 WHERE job_uuid = $2 AND process_status = 1",
            [Value(reason), Value(uuid.description)])
    }

    package func removeExecutions(on server: String, endedBefore time: Int64, limit: Int) throws -> [String] {
        // Rows that another one is removing are left to that one: two that remove at once never wait for each other.
        try run(
            """
            WITH old AS MATERIALIZED (
                SELECT id FROM remotisan_executions
                WHERE server_uuid = $1 AND process_status NOT IN (1, 5) AND executed_at < $2
                    AND coalesce(nullif(finished_at, 0), executed_at) < $2
                ORDER BY executed_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM remotisan_executions WHERE id IN (SELECT id FROM old)
                RETURNING job_uuid, executed_at, id
            )
            SELECT job_uuid FROM gone ORDER BY executed_at, id
            """, [Value(server), Value(time), Value(limit)]
        ).rows.compactMap { $0[text: 0] }
    }
}

extension Execution {
    static let columns = """
        id, job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status, \
        killed_by, intended_to_kill_by, exit_code, signal, reason, cpu_ms, peak_memory, left_behind, log_bytes, queued_at
        """

    /// Reads a row of ``columns``; what is not of the kind it should be is not known.
    init(_ row: Answer.Row) {
        self.init(
            id: row[number: 0] ?? 0, jobUUID: row[text: 1] ?? "", serverUUID: row[text: 2] ?? "",
            userIdentifier: row[text: 3], command: row[text: 4] ?? "", parameters: row[text: 5] ?? "",
            executedAt: row[number: 6] ?? 0, finishedAt: row[number: 7],
            status: row[number: 8].flatMap { Status(rawValue: $0) } ?? .failed, killedBy: row[text: 9],
            intendedToKillBy: row[text: 10],
            ending: Ending(
                exitCode: row[number: 11], signal: row[number: 12], reason: row[text: 13],
                cpuMilliseconds: row[number: 14], peakMemory: row[number: 15], leftBehind: row[number: 16],
                logBytes: row[number: 17]),
            queuedAt: row[number: 18])
    }
}
