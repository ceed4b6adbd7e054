import Core
import GRDB
import SQLStore

/// Admission by running limits, and the queue.
extension SQLiteStore {
    package func insert(
        _ execution: Execution, limit: RunningLimit?, key: IdempotencyKey?, by actor: AuditActor
    ) throws(StoreError) -> Admission {
        try write { db in
            if let key, let first = try Self.firstRequest(db, key) { return .repeated(first) }
            let scope = LimitScope(execution.command, on: execution.serverUUID, now: execution.executedAt)
            var ahead: Int?
            if let limit {
                let queued = try scope.countQueued(db, limit.scope)
                if try queued > 0 || scope.countRunning(db, limit.scope) >= limit.maxRunning {
                    guard queued < limit.maxQueued else { return .full }
                    ahead = queued
                }
            }
            let status: Status = ahead == nil ? .running : .queued
            try db.cachedStatement(
                literal: """
                    INSERT INTO remotisan_executions
                        (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at,
                         process_status, queued_at, token_id, token_name)
                    VALUES (\(execution.jobUUID), \(execution.serverUUID), \(execution.userIdentifier),
                        \(execution.command), \(execution.parameters), \(execution.executedAt), 0,
                        \(status.rawValue), \(status == .queued ? execution.executedAt : nil),
                        \(execution.token?.id), \(execution.token?.name))
                    """
            ).execute()
            let id = db.lastInsertedRowID
            if let key { try Self.keep(db, key, of: execution, ahead: ahead) }
            try Self.append(db, .stored(execution, isQueued: ahead != nil), by: actor)
            return ahead.map { .queued(id: id, ahead: $0) } ?? .running(id: id)
        }
    }

    package func queued(on server: String) throws(StoreError) -> [Execution] {
        try executions(.queued, on: server)
    }

    package func countAhead(
        of execution: Execution, over scope: RunningLimit.Scope, now: Int64
    ) throws(StoreError) -> Int {
        try read { db in
            try LimitScope(execution.command, on: execution.serverUUID, now: now)
                .countQueued(db, scope, before: execution.id)
        }
    }

    package func isNext(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool {
        try read { try Self.isNext($0, uuid, limit: limit, now: now) }
    }

    private static func isNext(_ db: Database, _ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws -> Bool {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, command, server_uuid FROM remotisan_executions
                    WHERE job_uuid = ? AND \(Status.queued.condition)
                    """), arguments: [uuid.description])
        guard let row else { return false }
        guard let limit else { return true }
        let scope = LimitScope(row.text(1) ?? "", on: row.text(2) ?? "", now: now)
        return try scope.countRunning(db, limit.scope) < limit.maxRunning
            && scope.countQueued(db, limit.scope, before: row.integer(0)) == 0
    }

    package func claim(
        _ uuid: JobUUID, limit: RunningLimit?, now: Int64, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        try write { db in
            guard try Self.isNext(db, uuid, limit: limit, now: now) else { return false }
            try db.execute(
                literal: """
                    UPDATE remotisan_executions SET process_status = \(sql: Status.running.sql), executed_at = \(now)
                    WHERE job_uuid = \(uuid.description)
                    """)
            try Self.append(db, .claimed(uuid), by: actor)
            return true
        }
    }

    package func requeue(_ uuid: JobUUID, by actor: AuditActor) throws(StoreError) -> Bool {
        try write { db in
            try db.execute(
                literal: """
                    UPDATE remotisan_executions
                    SET process_status = \(sql: Status.queued.sql), executed_at = queued_at, reason = NULL
                    WHERE job_uuid = \(uuid.description) AND \(sql: Status.running.condition)
                        AND queued_at IS NOT NULL AND intended_to_kill_by IS NULL
                    """)
            guard db.changesCount == 1 else { return false }
            try Self.append(db, .requeued(uuid), by: actor)
            return true
        }
    }

    package func dequeue(
        _ uuid: JobUUID, _ settlement: Settlement, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        try write { db in
            guard try Self.dequeue(db, settlement, where: "job_uuid = \(uuid.description)") == 1 else { return false }
            try Self.append(db, .ended(uuid.description, settlement), by: actor)
            return true
        }
    }

    /// Ends the queued executions that meet a condition.
    ///
    /// - Returns: How many there were.
    static func dequeue(_ db: Database, _ settlement: Settlement, where condition: SQL) throws -> Int {
        let killer = settlement.killedBy?.identifier
        try db.execute(
            literal: """
                UPDATE remotisan_executions
                SET process_status = \(settlement.status.rawValue), executed_at = \(settlement.finishedAt),
                    finished_at = \(settlement.finishedAt), killed_by = \(killer), intended_to_kill_by = \(killer),
                    reason = \(settlement.ending.reason), kill_token_id = \(settlement.killTokenID)
                WHERE \(sql: Status.queued.condition) AND \(literal: condition)
                """)
        return db.changesCount
    }
}

/// The executions of one command that a running limit counts, as an instance sees them at a time.
private struct LimitScope {
    private let command: String
    private let server: String
    private let now: Int64

    init(_ command: String, on server: String, now: Int64) {
        self.command = command
        self.server = server
        self.now = now
    }

    func countRunning(_ db: Database, _ scope: RunningLimit.Scope) throws -> Int {
        switch scope {
        case .instance: try count(db, .running, where: "server_uuid = \(server)")
        case .all: try count(db, .running, where: "1")
        }
    }

    /// - Parameter id: Counts only rows before this one; nil counts all.
    func countQueued(_ db: Database, _ scope: RunningLimit.Scope, before id: Int64? = nil) throws -> Int {
        let isBefore: SQL = "id < \(id ?? .max)"
        switch scope {
        case .instance:
            return try count(db, .queued, where: "\(literal: isBefore) AND server_uuid = \(server)")
        case .all:
            return try count(
                db, .queued,
                where: """
                    \(literal: isBefore) AND (server_uuid = \(server) OR server_uuid IN (
                        SELECT server_uuid FROM remotisan_instances WHERE last_seen >= \(now) - gone_after
                    ))
                    """)
        }
    }

    private func count(_ db: Database, _ status: Status, where condition: SQL) throws -> Int {
        let statement = try db.cachedStatement(
            literal: """
                SELECT count(*) FROM remotisan_executions
                WHERE \(sql: status.condition) AND command = \(command) AND \(literal: condition)
                """)
        return try Int.fetchOne(statement) ?? 0
    }
}
