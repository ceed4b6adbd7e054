import Core

/// An execution as a row of `GET /history`: first the original's fields, then ours.
struct HistoryRow: Encodable {
    let id: Int64
    let job_uuid: String
    let server_uuid: String
    let user_identifier: Nullable<String>
    let command: String
    let parameters: String
    let executed_at: Int64
    let finished_at: Nullable<Int64>
    let process_status: Int
    let killed_by: Nullable<String>
    let intended_to_kill_by: Nullable<String>
    let exit_code: Nullable<Int>
    let signal: Nullable<String>
    let reason: Nullable<String>
    let cpu_ms: Nullable<Int64>
    let peak_memory_bytes: Nullable<Int64>
    let left_behind: Nullable<Int>
    let log_bytes: Nullable<Int64>
    let queued_at: Nullable<Int64>
    let timed_out: Bool
    let lost: Bool
    let closed_by: Nullable<String>
    let token_id: Nullable<Int64>
    let token_name: Nullable<String>
    let kill_token_id: Nullable<Int64>
    let restored: Bool
    let can_kill: Bool
    let can_run: Bool
    let instance: Nullable<String>
    let instance_last_seen: Nullable<Int64>
    let instance_is_gone: Bool

    /// - Parameters:
    ///   - id: The number of the row, or another one if the person must not learn it.
    ///   - instance: The instance that runs it; nil if there is only one.
    ///   - now: Unix seconds.
    init(_ execution: Execution, id: Int64, canKill: Bool, canRun: Bool, instance: RegisteredInstance?, now: Int64) {
        let ending = execution.ending
        self.id = id
        job_uuid = execution.jobUUID
        server_uuid = execution.serverUUID
        user_identifier = Nullable(execution.userIdentifier)
        command = execution.command
        parameters = execution.parameters
        executed_at = execution.executedAt
        finished_at = Nullable(execution.finishedAt)
        process_status = execution.status.rawValue
        killed_by = Nullable(execution.killedBy?.identifier)
        intended_to_kill_by = Nullable(execution.intendedToKillBy?.identifier)
        exit_code = Nullable(ending.exitCode)
        signal = Nullable(ending.signal.map { Signal.name(of: $0) })
        reason = Nullable(ending.reason)
        cpu_ms = Nullable(ending.cpuMilliseconds)
        peak_memory_bytes = Nullable(ending.peakMemory)
        left_behind = Nullable(ending.leftBehind)
        log_bytes = Nullable(ending.logBytes)
        queued_at = Nullable(execution.queuedAt)
        timed_out = execution.killedBy?.isTimeout ?? false
        lost = ending.isLost
        closed_by = Nullable(execution.closedBy)
        token_id = Nullable(execution.token?.id)
        token_name = Nullable(execution.token?.name)
        kill_token_id = Nullable(execution.killTokenID)
        restored = execution.isRestored
        can_kill = canKill
        can_run = canRun
        self.instance = Nullable(instance?.name)
        instance_last_seen = Nullable(instance?.lastSeen)
        instance_is_gone = instance?.isGone(at: now) ?? false
    }
}
