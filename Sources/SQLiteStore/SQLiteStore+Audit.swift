import Core
import GRDB
import SQLStore

/// The audit.
extension SQLiteStore {
    package func append(_ events: [AuditEvent], by actor: AuditActor) throws(StoreError) {
        guard !events.isEmpty else { return }
        try write { db in
            for event in events { try Self.append(db, event, by: actor) }
        }
    }

    package func recordConfiguration(
        _ digest: String, path: String, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        @Sendable func newest(_ db: Database) throws -> String? {
            try SQLRequest<String>(
                literal: """
                    SELECT subject FROM remotisan_audit
                    WHERE server_uuid = \(actor.instance) AND \(sql: AuditTable.isAboutConfiguration)
                    ORDER BY number DESC LIMIT 1
                    """
            ).fetchOne(db)
        }
        // Usually it is recorded. Then no other writer has to wait.
        guard try read(newest) != digest else { return false }
        return try write { db in
            let before = try newest(db)
            guard before != digest else { return false }
            try Self.append(db, .configurationChanged(to: digest, before: before, path: path), by: actor)
            return true
        }
    }

    package func auditedInstances() throws(StoreError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT DISTINCT server_uuid FROM remotisan_audit ORDER BY 1") }
    }

    package func auditEntries(
        of instance: String, after number: Int64, limit: Int
    ) throws(StoreError) -> [AuditEntry] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(AuditTable.columns) FROM remotisan_audit
                    WHERE server_uuid = ? AND number > ? ORDER BY number LIMIT ?
                    """)
            return try Row.fetchAll(statement, arguments: [instance, number, limit]).map { AuditEntry($0) }
        }
    }

    package func auditHead(of instance: String) throws(StoreError) -> AuditHead {
        try read { try Self.head($0, of: instance) }
    }

    package func removeAuditEntries(
        before time: Int64, limit: Int, by actor: AuditActor
    ) throws(StoreError) -> Int {
        try write { db in
            let rows = try SQLRequest<Row>(
                literal: """
                    SELECT number, hash, at FROM remotisan_audit
                    WHERE server_uuid = \(actor.instance) ORDER BY number LIMIT \(limit + 1)
                    """
            ).fetchAll(db)
            let old = rows.prefix { $0.integer(2).map { (at: Int64) in at < time } ?? false }
            // The newest entry is needed for the next one.
            let removed = old.prefix(max(0, min(limit, rows.count - 1))).map { AuditHead($0) }
            guard let last = removed.last else { return 0 }
            // First, because the trigger of the table asks for it.
            try Self.append(db, .auditPurged(upTo: last), by: actor)
            try db.execute(
                literal: """
                    DELETE FROM remotisan_audit WHERE server_uuid = \(actor.instance) AND number <= \(last.number)
                    """)
            return removed.count
        }
    }

    /// Appends an event in the transaction of the change that it is about.
    static func append(_ db: Database, _ event: AuditEvent, by actor: AuditActor) throws {
        let entry = AuditEntry(event, by: actor, after: try head(db, of: actor.instance))
        // Each change appends, so the text of the statement is not built each time.
        try db.cachedStatement(sql: insert).execute(arguments: [
            entry.instance, entry.number, entry.at, entry.event, entry.subject, entry.user, entry.means, entry.address,
            entry.tokenID, entry.details, entry.previous, entry.hash,
        ])
    }

    private static let insert = """
        INSERT INTO remotisan_audit (\(AuditTable.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static func head(_ db: Database, of instance: String) throws -> AuditHead {
        let statement = try db.cachedStatement(
            sql: "SELECT number, hash FROM remotisan_audit WHERE server_uuid = ? ORDER BY number DESC LIMIT 1")
        return try Row.fetchOne(statement, arguments: [instance]).map { AuditHead($0) } ?? .none
    }
}
