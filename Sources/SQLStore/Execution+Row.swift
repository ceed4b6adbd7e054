import Core

extension Execution {
    /// The columns of `remotisan_executions` that ``init(_:)`` reads, in its order.
    package static let columns = """
        id, job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status, \
        killed_by, intended_to_kill_by, exit_code, signal, reason, cpu_ms, peak_memory, left_behind, log_bytes, \
        queued_at, timed_out, lost, closed_by, token_id, token_name, kill_token_id, restored
        """

    /// Reads a row of ``columns``.
    package init(_ row: some ResultRow) {
        let timedOut = row.flag(19)
        self.init(
            id: row.integer(0) ?? 0, jobUUID: row.text(1) ?? "", serverUUID: row.text(2) ?? "",
            userIdentifier: row.text(3), command: row.text(4) ?? "", parameters: row.text(5) ?? "",
            executedAt: row.integer(6) ?? 0, finishedAt: row.integer(7),
            status: row.integer(8).flatMap(Status.init) ?? .failed,
            killedBy: row.text(9).map { KillRequester($0, isTimeout: timedOut) },
            intendedToKillBy: row.text(10).map { KillRequester($0, isTimeout: timedOut) },
            ending: Ending(
                exitCode: row.integer(11), signal: row.integer(12), reason: row.text(13), isLost: row.flag(20),
                cpuMilliseconds: row.integer(14), peakMemory: row.integer(15), leftBehind: row.integer(16),
                logBytes: row.integer(17)),
            queuedAt: row.integer(18), closedBy: row.text(21), token: TokenReference(row, at: 22),
            killTokenID: row.integer(24), isRestored: row.flag(25))
    }
}

extension TokenReference {
    /// Reads the columns `token_id` and `token_name`, the first of which has this number.
    init?(_ row: some ResultRow, at column: Int) {
        guard let id: Int64 = row.integer(column) else { return nil }
        self.init(id: id, name: row.text(column + 1) ?? "")
    }
}

extension FirstRequest {
    /// The columns of `remotisan_idempotency_keys` that ``init(_:)`` reads, in its order.
    package static let columns = "job_uuid, body_hash, ahead"

    /// Reads a row of ``columns``.
    package init(_ row: some ResultRow) {
        self.init(jobUUID: row.text(0) ?? "", bodyHash: row.text(1) ?? "", ahead: row.integer(2))
    }
}

extension Status {
    /// The status as an SQL literal. A literal, not a parameter, because a database uses a partial index only when the
    /// condition repeats the literal of its definition.
    package var sql: String { String(rawValue) }

    /// The condition that a row of `remotisan_executions` has this status.
    package var condition: String { "process_status = \(sql)" }

    /// The condition that a row of `remotisan_executions` has ended.
    package static var endedCondition: String { "process_status NOT IN (\(running.sql), \(queued.sql))" }
}
