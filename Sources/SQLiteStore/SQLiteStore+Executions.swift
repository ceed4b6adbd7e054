import Core
import GRDB
import SQLStore

extension SQLiteStore: ExecutionStore {
    package func insert(_ refusal: Refusal, by actor: AuditActor) throws(StoreError) {
        try write { db in
            try db.execute(
                literal: """
                    INSERT INTO remotisan_refusals
                        (user_identifier, command, parameters, reason, refused_at, token_id, token_name)
                    VALUES (\(refusal.userIdentifier), \(refusal.command), \(refusal.parameters), \(refusal.reason),
                        \(refusal.at), \(refusal.token?.id), \(refusal.token?.name))
                    """)
            try Self.append(db, .refused(refusal), by: actor)
        }
    }

    package func refusals(limit: Int) throws(StoreError) -> [Refusal] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(Refusal.columns) FROM remotisan_refusals ORDER BY id DESC LIMIT ?",
                arguments: [limit]
            ).map { Refusal($0) }
        }
    }

    package func removeRefusals(before time: Int64, upTo newest: Int64, by actor: AuditActor) throws(StoreError) {
        try write { db in
            try db.execute(
                literal: "DELETE FROM remotisan_refusals WHERE refused_at < \(time) AND id <= \(newest)")
            let removed = db.changesCount
            if removed > 0 { try Self.append(db, .purged(refusals: removed, before: time), by: actor) }
        }
    }

    package func newestRowNumbers() throws(StoreError) -> NewestRowNumbers {
        try read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT (SELECT max(id) FROM remotisan_executions), (SELECT max(id) FROM remotisan_refusals)")
            return NewestRowNumbers(executions: row?.integer(0) ?? 0, refusals: row?.integer(1) ?? 0)
        }
    }

    package func execution(_ uuid: JobUUID) throws(StoreError) -> Execution? {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(Execution.columns) FROM remotisan_executions WHERE job_uuid = ?")
            return try Row.fetchOne(statement, arguments: [uuid.description]).map { Execution($0) }
        }
    }

    package func jobs(beginningWith prefix: JobUUIDPrefix, limit: Int) throws(StoreError) -> [JobUUID] {
        try read { db in
            try SQLRequest<String>(
                literal: """
                    SELECT job_uuid FROM remotisan_executions
                    WHERE job_uuid >= \(prefix.description) AND job_uuid < \(prefix.end)
                    ORDER BY job_uuid LIMIT \(limit)
                    """
            ).fetchAll(db).compactMap { JobUUID($0) }
        }
    }

    package func running(on server: String) throws(StoreError) -> [Execution] {
        try executions(.running, on: server)
    }

    /// The executions of an instance with a status, oldest first.
    func executions(_ status: Status, on server: String) throws(StoreError) -> [Execution] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(Execution.columns) FROM remotisan_executions
                    WHERE \(status.condition) AND server_uuid = ? ORDER BY id
                    """)
            // A cursor, because fetchAll copies each row first.
            let rows = try Row.fetchCursor(statement, arguments: [server])
            var found: [Execution] = []
            while let row = try rows.next() { found.append(Execution(row)) }
            return found
        }
    }

    package func openExecutions(ofToken id: Int64) throws(StoreError) -> [Execution] {
        try read { db in
            try SQLRequest<Row>(
                literal: """
                    SELECT \(sql: Execution.columns) FROM remotisan_executions
                    WHERE process_status IN (\(sql: Status.running.sql), \(sql: Status.queued.sql))
                        AND token_id = \(id)
                    ORDER BY id
                    """
            ).fetchAll(db).map { Execution($0) }
        }
    }

    package func requestKill(
        _ uuid: JobUUID, by requester: KillRequester, _ actor: AuditActor
    ) throws(StoreError) -> Bool {
        try write { db in
            try db.cachedStatement(
                literal: """
                    UPDATE remotisan_executions
                    SET intended_to_kill_by = \(requester.identifier), timed_out = \(requester.isTimeout ? true : nil),
                        kill_token_id = \(actor.tokenID)
                    WHERE job_uuid = \(uuid.description) AND \(sql: Status.running.condition)
                        AND intended_to_kill_by IS NULL
                    """
            ).execute()
            guard db.changesCount == 1 else { return false }
            try Self.append(db, .killRequested(uuid, by: requester, actor), by: actor)
            return true
        }
    }

    package func settle(
        _ settlements: [(uuid: JobUUID, settlement: Settlement)], by actor: AuditActor
    ) throws(StoreError) -> Set<JobUUID> {
        try write { db in
            var recorded: Set<JobUUID> = []
            for (uuid, settlement) in settlements {
                let ending = settlement.ending
                try db.cachedStatement(
                    literal: """
                        UPDATE remotisan_executions
                        SET process_status = \(settlement.status.rawValue), finished_at = CASE
                                WHEN abs(\(settlement.finishedAt) - executed_at - \(settlement.ranSeconds))
                                    > \(Settlement.tolerance)
                                THEN executed_at + \(settlement.ranSeconds)
                                ELSE max(\(settlement.finishedAt), executed_at)
                            END,
                            killed_by = \(settlement.killedBy?.identifier),
                            timed_out = \(settlement.isTimeout ? true : nil), exit_code = \(ending.exitCode),
                            signal = \(ending.signal), reason = \(ending.reason),
                            lost = \(ending.isLost ? true : nil),
                            cpu_ms = \(ending.cpuMilliseconds), peak_memory = \(ending.peakMemory),
                            left_behind = \(ending.leftBehind), log_bytes = \(ending.logBytes)
                        WHERE job_uuid = \(uuid.description) AND \(sql: Status.running.condition)
                        """
                ).execute()
                guard db.changesCount == 1 else { continue }
                recorded.insert(uuid)
                try Self.append(db, .ended(uuid.description, settlement), by: actor)
            }
            return recorded
        }
    }

    package func note(_ uuid: JobUUID, reason: String?) throws(StoreError) {
        try write { db in
            try db.execute(
                literal: """
                    UPDATE remotisan_executions SET reason = \(reason)
                    WHERE job_uuid = \(uuid.description) AND \(sql: Status.running.condition)
                    """)
        }
    }

    package func removeExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64, limit: Int, by actor: AuditActor
    ) throws(StoreError) -> [String] {
        try write { db in
            let uuids = try SQLRequest<String>(
                literal: """
                    SELECT job_uuid FROM remotisan_executions
                    WHERE \(literal: Self.isRemovable(on: server, endedBefore: time, upTo: newest))
                    ORDER BY executed_at LIMIT \(limit)
                    """
            ).fetchAll(db)
            for uuid in uuids {
                try db.cachedStatement(sql: "DELETE FROM remotisan_executions WHERE job_uuid = ?")
                    .execute(arguments: [uuid])
            }
            if !uuids.isEmpty { try Self.append(db, .purged(executions: uuids, before: time), by: actor) }
            return uuids
        }
    }

    package func removableExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64, after id: Int64, limit: Int
    ) throws(StoreError) -> [RemovableExecution] {
        try read { db in
            try SQLRequest<Row>(
                literal: """
                    SELECT id, job_uuid FROM remotisan_executions
                    WHERE \(literal: Self.isRemovable(on: server, endedBefore: time, upTo: newest)) AND id > \(id)
                    ORDER BY id LIMIT \(limit)
                    """
            ).fetchAll(db).map { RemovableExecution(id: $0.integer(0) ?? 0, jobUUID: $0.text(1) ?? "") }
        }
    }

    package func countRefusals(before time: Int64, upTo newest: Int64) throws(StoreError) -> Int {
        try read { db in
            try SQLRequest<Int>(
                literal: "SELECT count(*) FROM remotisan_refusals WHERE refused_at < \(time) AND id <= \(newest)"
            ).fetchOne(db) ?? 0
        }
    }

    /// The condition for executions that can be removed.
    private static func isRemovable(on server: String, endedBefore time: Int64, upTo newest: Int64) -> SQL {
        """
        server_uuid = \(server) AND \(sql: Status.endedCondition) AND executed_at < \(time)
            AND ifnull(nullif(finished_at, 0), executed_at) < \(time) AND id <= \(newest)
        """
    }
}
