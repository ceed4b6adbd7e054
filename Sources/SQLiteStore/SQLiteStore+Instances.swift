import Core
import GRDB

extension SQLiteStore: InstanceStore {
    package func register(_ instance: RegisteredInstance) throws {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO remotisan_instances
                        (server_uuid, name, version, address, first_seen, last_seen, gone_after)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (server_uuid) DO UPDATE SET
                        name = excluded.name, version = excluded.version, address = excluded.address,
                        last_seen = excluded.last_seen, gone_after = excluded.gone_after
                    """,
                arguments: [
                    instance.serverUUID, instance.name, instance.version, instance.address?.description,
                    instance.firstSeen, instance.lastSeen, instance.goneAfter,
                ])
        }
    }

    package func instances() throws -> [RegisteredInstance] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(RegisteredInstance.columns) FROM remotisan_instances ORDER BY name, server_uuid")
            return try Row.fetchAll(statement).map(RegisteredInstance.init)
        }
    }

    package func instance(_ server: String) throws -> RegisteredInstance? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT \(RegisteredInstance.columns) FROM remotisan_instances WHERE server_uuid = ?",
                arguments: [server]
            ).map(RegisteredInstance.init)
        }
    }

    package func openExecutions() throws -> [String: OpenExecutions] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT server_uuid, sum(process_status = 1), sum(process_status = 5) FROM remotisan_executions
                    WHERE process_status IN (1, 5) GROUP BY server_uuid
                    """)
            let rows = try Row.fetchAll(statement).map { row in
                (row.value(0) ?? "", OpenExecutions(running: row.value(1) ?? 0, waiting: row.value(2) ?? 0))
            }
            return Dictionary(rows) { first, _ in first }
        }
    }

    /// Who shares a file shares the machine, and its clock.
    package func clock() throws -> StoreClock? { nil }

    package func closeExecutions(
        on server: String, goneAt now: Int64, _ settlement: Settlement, waiting: Settlement
    ) throws -> Int? {
        try write { db in
            let isGone = try Bool.fetchOne(
                db, sql: "SELECT last_seen < ? - gone_after FROM remotisan_instances WHERE server_uuid = ?",
                arguments: [now, server])
            guard isGone == true else { return nil }
            try db.execute(
                sql: """
                    UPDATE remotisan_executions SET process_status = ?, finished_at = ?, reason = ?
                    WHERE server_uuid = ? AND process_status = 1
                    """,
                arguments: [settlement.status.rawValue, settlement.finishedAt, settlement.ending.reason, server])
            return try db.changesCount + Self.dequeue(db, waiting, "server_uuid = ?", [server])
        }
    }

    package func takeBackClosed(on server: String) throws -> [Execution] {
        let closed = "server_uuid = ? AND process_status = 3 AND substr(reason, 1, 15) = 'lost: instance '"
        func rows(_ db: Database) throws -> [Execution] {
            let statement = try db.cachedStatement(
                sql: "SELECT \(Execution.columns) FROM remotisan_executions WHERE \(closed) ORDER BY id")
            return try Row.fetchAll(statement, arguments: [server]).map(Execution.init)
        }
        // Mostly there is nothing, and then nobody has to wait for a writer.
        guard try !read(rows).isEmpty else { return [] }
        return try write { db in
            let taken = try rows(db)
            try db.execute(
                sql: """
                    UPDATE remotisan_executions
                    SET process_status = 1, finished_at = 0, reason = NULL, queued_at = NULL WHERE \(closed)
                    """, arguments: [server])
            return taken
        }
    }
}

extension RegisteredInstance {
    fileprivate static let columns = "server_uuid, name, version, address, first_seen, last_seen, gone_after"

    fileprivate init(_ row: Row) {
        self.init(
            serverUUID: row.value(0) ?? "", name: row.value(1) ?? "", version: row.value(2) ?? "",
            address: row.value(3).flatMap(InstanceAddress.init), firstSeen: row.value(4) ?? 0,
            lastSeen: row.value(5) ?? 0, goneAfter: row.value(6) ?? RegisteredInstance.goneAfterByDefault)
    }
}
