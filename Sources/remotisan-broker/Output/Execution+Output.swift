import Core

extension Status {
    /// The colour of its name on a terminal.
    var colour: Colour {
        switch self {
        case .running: .cyan
        case .completed: .green
        case .failed: .red
        case .killed: .yellow
        case .queued: .blue
        }
    }
}

extension Execution {
    /// How it ended, in a few words.
    var end: String {
        ending.exitCode.map { "exit \($0)" } ?? ending.signal.map { "signal \(Signal.name(of: $0))" }
            ?? ending.reason ?? ""
    }

    /// The user, and the token if there was one.
    var who: String { Self.who(userIdentifier ?? "-", token) }

    static func who(_ user: String, _ token: TokenReference?) -> String { token.map { "\(user) by \($0)" } ?? user }

    /// Seconds that it has run; nil if it has not started.
    ///
    /// - Parameter now: Unix seconds.
    func seconds(now: Int64) -> Int64? {
        if status == .queued { return nil }
        return (finishedAt.flatMap { $0 == 0 ? nil : $0 } ?? now) - executedAt
    }

    /// The members that it has in `GET /history`, without those that depend on a person, and the name of the status.
    var record: JSONRecord {
        [
            "id": id, "job_uuid": jobUUID, "server_uuid": serverUUID, "user_identifier": userIdentifier,
            "command": command, "parameters": parameters, "executed_at": executedAt, "finished_at": finishedAt,
            "process_status": status.rawValue, "status": "\(status)", "killed_by": killedBy?.identifier,
            "intended_to_kill_by": intendedToKillBy?.identifier, "exit_code": ending.exitCode,
            "signal": ending.signal.map { Signal.name(of: $0) }, "reason": ending.reason,
            "cpu_ms": ending.cpuMilliseconds, "peak_memory_bytes": ending.peakMemory,
            "left_behind": ending.leftBehind, "log_bytes": ending.logBytes, "queued_at": queuedAt,
            "timed_out": killedBy?.isTimeout ?? false, "lost": ending.isLost, "closed_by": closedBy,
            "token_id": token?.id, "token_name": token?.name, "kill_token_id": killTokenID, "restored": isRestored,
        ]
    }
}
