import Core
import SQLStore

/// The audit.
extension PostgreSQLStore {
    package func append(_ events: [AuditEvent], by actor: AuditActor) throws(StoreError) {
        guard !events.isEmpty else { return }
        try audited(by: actor) { _ throws(PostgreSQLError) in ((), events) }
    }

    package func recordConfiguration(
        _ digest: String, path: String, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        let newest = Query(
            """
            SELECT subject FROM remotisan_audit
            WHERE server_uuid = $1 AND \(AuditTable.isAboutConfiguration) ORDER BY number DESC LIMIT 1
            """, [Value(actor.instance)])
        // Usually it is recorded. Then nothing is locked.
        guard try run(newest).first?.rows.first?.text(0) != digest else { return false }
        return try audited(by: actor) { connection throws(PostgreSQLError) in
            let before = try connection.run([newest]).first?.rows.first?.text(0)
            guard before != digest else { return (false, []) }
            return (true, [.configurationChanged(to: digest, before: before, path: path)])
        }
    }

    package func auditedInstances() throws(StoreError) -> [String] {
        // One step of the index for each instance, instead of reading all entries.
        try run(
            """
            WITH RECURSIVE found AS (
                (SELECT server_uuid FROM remotisan_audit ORDER BY server_uuid LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT a.server_uuid FROM remotisan_audit AS a WHERE a.server_uuid > found.server_uuid
                    ORDER BY a.server_uuid LIMIT 1
                ) FROM found WHERE found.server_uuid IS NOT NULL
            )
            SELECT server_uuid FROM found WHERE server_uuid IS NOT NULL
            """
        ).rows.compactMap { $0.text(0) }
    }

    package func auditEntries(
        of instance: String, after number: Int64, limit: Int
    ) throws(StoreError) -> [AuditEntry] {
        try run(
            """
            SELECT \(AuditTable.columns) FROM remotisan_audit
            WHERE server_uuid = $1 AND number > $2 ORDER BY number LIMIT $3
            """, [Value(instance), Value(number), Value(limit)]
        ).rows.map { AuditEntry($0) }
    }

    package func auditHead(of instance: String) throws(StoreError) -> AuditHead {
        try run(
            "SELECT number, hash FROM remotisan_audit WHERE server_uuid = $1 ORDER BY number DESC LIMIT 1",
            [Value(instance)]
        ).rows.first.map { AuditHead($0) } ?? .none
    }

    package func removeAuditEntries(
        before time: Int64, limit: Int, by actor: AuditActor
    ) throws(StoreError) -> Int {
        try audited(by: actor) { connection throws(PostgreSQLError) in
            let rows = try connection.run([
                Query(
                    "SELECT number, hash, at FROM remotisan_audit WHERE server_uuid = $1 ORDER BY number LIMIT $2",
                    [Value(actor.instance), Value(limit + 1)])
            ]).flatMap(\.rows)
            let old = rows.prefix { $0.integer(2).map { (at: Int64) in at < time } ?? false }
            // The newest entry is needed for the next one.
            let removed = old.prefix(max(0, min(limit, rows.count - 1))).map { AuditHead($0) }
            guard let last = removed.last else { return (0, []) }
            _ = try connection.run([
                Query(
                    "DELETE FROM remotisan_audit WHERE server_uuid = $1 AND number <= $2",
                    [Value(actor.instance), Value(last.number)])
            ])
            return (removed.count, [.auditPurged(upTo: last)])
        }
    }

    /// Runs a change whose events depend on what it finds, and appends them in the same transaction.
    ///
    /// - Parameters:
    ///   - before: Statements that take other locks before that of the chain.
    ///   - change: Returns its result and the events.
    func audited<Result>(
        by actor: AuditActor, before: [Query] = [],
        _ change: (Connection) throws(PostgreSQLError) -> (Result, [AuditEvent])
    ) throws(StoreError) -> Result {
        try use { connection throws(PostgreSQLError) in
            try connection.transaction { () throws(PostgreSQLError) in
                _ = try connection.run([.once("BEGIN")] + before + [AuditStatements.lock(actor)])
                let (result, events) = try change(connection)
                var queries = events.map { AuditStatements.insert($0, by: actor) }
                // Not all at once, because more statements without reading answers could fill the buffers.
                while queries.count > Self.statementsInOneRoundTrip {
                    _ = try connection.run(Array(queries.prefix(Self.statementsInOneRoundTrip)))
                    queries.removeFirst(Self.statementsInOneRoundTrip)
                }
                _ = try connection.run(queries + [.once("COMMIT")])
                return result
            }
        }
    }

    /// Runs a change of at most one row, and appends its event, in one round trip.
    ///
    /// - Parameter before: Statements that take other locks before that of the chain.
    /// - Returns: Whether it changed a row.
    func audited(
        _ change: String, _ values: [Value], _ event: AuditEvent, by actor: AuditActor, before: [Query] = []
    ) throws(StoreError) -> Bool {
        try use { connection throws(PostgreSQLError) in
            try connection.run(
                before + [AuditStatements.lock(actor), AuditStatements.change(change, values, event, by: actor)])
        }.last?.changed == 1
    }
}
