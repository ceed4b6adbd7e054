import Core

/// An execution as a row of `GET /history`: first the original's fields, then ours.
struct HistoryRow {
    let execution: Execution
    /// The number of the row, or another one if the person must not learn it.
    let id: Int64
    let canKill: Bool
    let canRun: Bool
    /// The instance that runs it; nil if there is only one.
    let instance: RegisteredInstance?
    /// Unix seconds.
    let now: Int64

    /// Writes the fields.
    func write(to row: inout some FieldWriter & ~Copyable) {
        let ending = execution.ending
        row.add("id", id)
        row.add("job_uuid", execution.jobUUID)
        row.add("server_uuid", execution.serverUUID)
        row.add("user_identifier", execution.userIdentifier)
        row.add("command", execution.command)
        row.add("parameters", execution.parameters)
        row.add("executed_at", execution.executedAt)
        row.add("finished_at", execution.finishedAt)
        row.add("process_status", execution.status.rawValue)
        row.add("killed_by", execution.killedBy?.identifier)
        row.add("intended_to_kill_by", execution.intendedToKillBy?.identifier)
        row.add("exit_code", ending.exitCode)
        row.add("signal", ending.signal.map { Signal.name(of: $0) })
        row.add("reason", ending.reason)
        row.add("cpu_ms", ending.cpuMilliseconds)
        row.add("peak_memory_bytes", ending.peakMemory)
        row.add("left_behind", ending.leftBehind)
        row.add("log_bytes", ending.logBytes)
        row.add("queued_at", execution.queuedAt)
        row.add("timed_out", execution.killedBy?.isTimeout ?? false)
        row.add("lost", ending.isLost)
        row.add("closed_by", execution.closedBy)
        row.add("token_id", execution.token?.id)
        row.add("token_name", execution.token?.name)
        row.add("kill_token_id", execution.killTokenID)
        row.add("restored", execution.isRestored)
        row.add("can_kill", canKill)
        row.add("can_run", canRun)
        row.add("instance", instance?.name)
        row.add("instance_last_seen", instance?.lastSeen)
        row.add("instance_is_gone", instance?.isGone(at: now) ?? false)
    }
}
