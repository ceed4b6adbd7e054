import Core
import GRDB

extension SQLiteStore: ExecutionStore {
    package func insert(_ refusal: Refusal) throws {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO remotisan_refusals (user_identifier, command, parameters, reason, refused_at)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    refusal.userIdentifier, refusal.command, refusal.parameters, refusal.reason, refusal.at,
                ])
        }
    }

    package func refusals(limit: Int) throws -> [Refusal] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM remotisan_refusals ORDER BY id DESC LIMIT ?", arguments: [limit])
                .map { row in
                    Refusal(
                        userIdentifier: row["user_identifier"], command: row["command"],
                        parameters: row["parameters"], reason: row["reason"], at: row["refused_at"])
                }
        }
    }

    package func removeRefusals(before time: Int64) throws {
        try write { db in
            try db.execute(sql: "DELETE FROM remotisan_refusals WHERE refused_at < ?", arguments: [time])
        }
    }

    package func execution(_ uuid: JobUUID) throws -> Execution? {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(Execution.columns) FROM remotisan_executions WHERE job_uuid = ?")
            return try Row.fetchOne(statement, arguments: [uuid.description]).map(Execution.init)
        }
    }

    package func running(on server: String) throws -> [Execution] {
        try executions(.running, on: server)
    }

    /// Those that stand so, oldest first. The status is no parameter: SQLite takes its partial indexes for literals alone.
    func executions(_ status: Status, on server: String) throws -> [Execution] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(Execution.columns) FROM remotisan_executions
                    WHERE process_status = \(status.rawValue) AND server_uuid = ? ORDER BY id
                    """)
            return try Row.fetchAll(statement, arguments: [server]).map(Execution.init)
        }
    }

    package func requestKill(_ uuid: JobUUID, by user: String) throws -> Bool {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE remotisan_executions SET intended_to_kill_by = ?
                    WHERE job_uuid = ? AND process_status = 1 AND intended_to_kill_by IS NULL
                    """, arguments: [user, uuid.description])
            return db.changesCount == 1
        }
    }

    package func settle(_ uuid: JobUUID, _ settlement: Settlement) throws -> Bool {
        try write { db in
            let ending = settlement.ending
            try db.cachedStatement(
                sql: """
                    UPDATE remotisan_executions
                    SET process_status = ?, finished_at = ?, killed_by = ?, exit_code = ?, signal = ?, reason = ?,
                        cpu_ms = ?, peak_memory = ?, left_behind = ?, log_bytes = ?
                    WHERE job_uuid = ? AND process_status = 1
                    """
            ).execute(arguments: [
                settlement.status.rawValue, settlement.finishedAt, settlement.killedBy, ending.exitCode,
                ending.signal, ending.reason, ending.cpuMilliseconds, ending.peakMemory, ending.leftBehind,
                ending.logBytes, uuid.description,
            ])
            return db.changesCount == 1
        }
    }

    package func note(_ uuid: JobUUID, reason: String?) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE remotisan_executions SET reason = ? WHERE job_uuid = ? AND process_status = 1",
                arguments: [reason, uuid.description])
        }
    }

    package func removeExecutions(on server: String, endedBefore time: Int64, limit: Int) throws -> [String] {
        try write { db in
            let uuids = try String.fetchAll(
                db,
                sql: """
                    SELECT job_uuid FROM remotisan_executions
                    WHERE server_uuid = ? AND process_status NOT IN (1, 5) AND executed_at < ?
                        AND ifnull(nullif(finished_at, 0), executed_at) < ?
                    ORDER BY executed_at LIMIT ?
                    """, arguments: [server, time, time, limit])
            for uuid in uuids {
                try db.cachedStatement(sql: "DELETE FROM remotisan_executions WHERE job_uuid = ?")
                    .execute(arguments: [uuid])
            }
            return uuids
        }
    }
}

extension Execution {
    static let columns = """
        id, job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status, \
        killed_by, intended_to_kill_by, exit_code, signal, reason, cpu_ms, peak_memory, left_behind, log_bytes, queued_at
        """

    /// Reads a row of ``columns``. SQLite keeps in a column what it is given, and a table of the original's may have
    /// been through several hands: what is not of the kind it should be is not known.
    init(_ row: Row) {
        self.init(
            id: row.value(0) ?? 0, jobUUID: row.value(1) ?? "", serverUUID: row.value(2) ?? "",
            userIdentifier: row.value(3), command: row.value(4) ?? "", parameters: row.value(5) ?? "",
            executedAt: row.value(6) ?? 0, finishedAt: row.value(7),
            status: row.value(8).flatMap(Status.init) ?? .failed, killedBy: row.value(9),
            intendedToKillBy: row.value(10),
            ending: Ending(
                exitCode: row.value(11), signal: row.value(12), reason: row.value(13), cpuMilliseconds: row.value(14),
                peakMemory: row.value(15), leftBehind: row.value(16), logBytes: row.value(17)),
            queuedAt: row.value(18))
    }
}

extension Row {
    /// A column's value; nil where it is null or of another kind, for which GRDB's subscript ends the program.
    func value<Value: DatabaseValueConvertible>(_ column: Int) -> Value? {
        Value.fromDatabaseValue(self[column])
    }
}
