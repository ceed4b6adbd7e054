import Core
import GRDB

/// Who may run, and who waits.
extension SQLiteStore {
    package func insert(_ execution: Execution, limit: RunningLimit?) throws -> Admission {
        try write { db in
            let command = RoomOfCommand(execution.command, on: execution.serverUUID, now: execution.executedAt)
            var ahead: Int?
            if let limit {
                let waiting = try command.countWaiting(db, limit.scope)
                if try waiting > 0 || command.countRunning(db, limit.scope) >= limit.maxRunning {
                    guard waiting < limit.maxQueued else { return .full }
                    ahead = waiting
                }
            }
            let status: Status = ahead == nil ? .running : .queued
            try db.cachedStatement(
                sql: """
                    INSERT INTO remotisan_executions
                        (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at,
                         process_status, queued_at)
                    VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)
                    """
            ).execute(arguments: [
                execution.jobUUID, execution.serverUUID, execution.userIdentifier, execution.command,
                execution.parameters, execution.executedAt, status.rawValue,
                status == .queued ? execution.executedAt : nil,
            ])
            let id = db.lastInsertedRowID
            return ahead.map { .queued(id: id, ahead: $0) } ?? .running(id: id)
        }
    }

    package func queued(on server: String) throws -> [Execution] {
        try executions(.queued, on: server)
    }

    package func countAhead(of execution: Execution, over scope: RunningLimit.Scope, now: Int64) throws -> Int {
        try read { db in
            try RoomOfCommand(execution.command, on: execution.serverUUID, now: now)
                .countWaiting(db, scope, before: execution.id)
        }
    }

    package func isNext(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws -> Bool {
        try read { try Self.isNext($0, uuid, limit, now) }
    }

    private static func isNext(
        _ db: Database, _ uuid: JobUUID, _ limit: RunningLimit?, _ now: Int64
    ) throws -> Bool {
        let waiting = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, command, server_uuid FROM remotisan_executions
                    WHERE job_uuid = ? AND process_status = 5
                    """), arguments: [uuid.description])
        guard let waiting else { return false }
        guard let limit else { return true }
        let command = RoomOfCommand(waiting.value(1) ?? "", on: waiting.value(2) ?? "", now: now)
        return try command.countRunning(db, limit.scope) < limit.maxRunning
            && command.countWaiting(db, limit.scope, before: waiting.value(0)) == 0
    }

    package func claim(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws -> Bool {
        try write { db in
            guard try Self.isNext(db, uuid, limit, now) else { return false }
            try db.cachedStatement(
                sql: "UPDATE remotisan_executions SET process_status = 1, executed_at = ? WHERE job_uuid = ?"
            ).execute(arguments: [now, uuid.description])
            return true
        }
    }

    package func giveBack(_ uuid: JobUUID) throws -> Bool {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE remotisan_executions SET process_status = 5, executed_at = queued_at, reason = NULL
                    WHERE job_uuid = ? AND process_status = 1 AND queued_at IS NOT NULL
                        AND intended_to_kill_by IS NULL
                    """, arguments: [uuid.description])
            return db.changesCount == 1
        }
    }

    package func dequeue(_ uuid: JobUUID, _ settlement: Settlement) throws -> Bool {
        try write { db in try Self.dequeue(db, settlement, "job_uuid = ?", [uuid.description]) == 1 }
    }

    /// Ends what waits and meets a condition; how many.
    static func dequeue(
        _ db: Database, _ settlement: Settlement, _ condition: String, _ arguments: StatementArguments
    ) throws -> Int {
        try db.execute(
            sql: """
                UPDATE remotisan_executions
                SET process_status = ?, executed_at = ?, finished_at = ?, killed_by = ?, intended_to_kill_by = ?,
                    reason = ?
                WHERE process_status = 5 AND \(condition)
                """,
            arguments: [
                settlement.status.rawValue, settlement.finishedAt, settlement.finishedAt, settlement.killedBy,
                settlement.killedBy, settlement.ending.reason,
            ] + arguments)
        return db.changesCount
    }
}

/// A command as one instance sees it at a time.
private struct RoomOfCommand {
    private let name: String
    private let server: String
    private let now: Int64

    init(_ name: String, on server: String, now: Int64) {
        self.name = name
        self.server = server
        self.now = now
    }

    func countRunning(_ db: Database, _ scope: RunningLimit.Scope) throws -> Int {
        switch scope {
        case .instance:
            try count(db, "process_status = 1 AND server_uuid = ? AND command = ?", [server, name])
        case .all:
            try count(db, "process_status = 1 AND command = ?", [name])
        }
    }

    /// - Parameter id: Only those before this row; nil: all.
    func countWaiting(_ db: Database, _ scope: RunningLimit.Scope, before id: Int64? = nil) throws -> Int {
        let isWaiting = "process_status = 5 AND command = ? AND id < ?"
        let arguments: StatementArguments = [name, id ?? .max]
        switch scope {
        case .instance:
            return try count(db, "\(isWaiting) AND server_uuid = ?", arguments + [server])
        case .all:
            let alive = "SELECT server_uuid FROM remotisan_instances WHERE last_seen >= ? - gone_after"
            return try count(
                db, "\(isWaiting) AND (server_uuid = ? OR server_uuid IN (\(alive)))", arguments + [server, now])
        }
    }

    private func count(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> Int {
        let statement = try db.cachedStatement(sql: "SELECT count(*) FROM remotisan_executions WHERE \(condition)")
        return try Int.fetchOne(statement, arguments: arguments) ?? 0
    }
}
