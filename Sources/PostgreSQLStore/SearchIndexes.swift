import Core
import SQLStore

/// The indexes of trigrams of the texts and UUIDs of executions (PostgreSQL's manual, F.35), for searches without a
/// scan.
///
/// They need the extension `pg_trgm`, which a role may create if it may create things in the database. Without it,
/// searches read all rows.
enum SearchIndexes {
    private static let indexes = [
        ("remotisan_by_text", HistoryCondition.text), ("remotisan_by_uuid_part", HistoryCondition.uuid),
    ]

    static var names: [String] { indexes.map(\.0) }

    /// The key of the advisory lock of the client that creates them. The number has no meaning.
    private static let lock = 0x7265_6d6f_7469_7363

    /// Creates those that are missing, if the role may do that, and each ``LaterIndex``. Others write to the table
    /// meanwhile.
    ///
    /// It runs after the migrations, because such an index cannot be created in a transaction with anything else.
    ///
    /// - Parameter connection: A connection that nothing else uses. Its statements have no time limit any more.
    static func createIfPossible(_ connection: Connection) throws(PostgreSQLError) {
        // A long table takes minutes.
        _ = try connection.run([.once("SELECT set_config('statement_timeout', '0', false)")])
        let free = try connection.run([.once("SELECT pg_try_advisory_lock(\(lock))")])
        // Waiting for another client that creates them would be a deadlock: it waits for all snapshots.
        guard free.first?.rows.first?.bool(0) == true else { return }
        for index in LaterIndex.all { try index.createIfMissing(connection) }
        try createMissing(connection)
        _ = try connection.run([.once("SELECT pg_advisory_unlock(\(lock))")])
    }

    private static func createMissing(_ connection: Connection) throws(PostgreSQLError) {
        let valid = try valid(connection)
        let missing = indexes.filter { !valid.contains($0.0) }
        guard !missing.isEmpty else { return }
        _ = try connection.run([
            .once(
                """
                DO $$ BEGIN
                    CREATE EXTENSION IF NOT EXISTS pg_trgm;
                EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported
                    OR invalid_parameter_value OR object_not_in_prerequisite_state THEN NULL;
                END $$
                """)
        ])
        // It may be in a schema that is not searched.
        let schema = try connection.run([
            .once(
                """
                SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
                WHERE extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')
                """)
        ]).first?.rows.first?.text(0)
        guard let schema else { return }
        for (name, expression) in missing {
            // One that was interrupted is there, but not valid.
            _ = try connection.run([.once("DROP INDEX IF EXISTS \(name)")])
            _ = try connection.run(
                [
                    .once(
                        """
                        CREATE INDEX CONCURRENTLY \(name) ON remotisan_executions
                            USING gin (\(expression) \(schema).gin_trgm_ops) WITH (gin_pending_list_limit = 512)
                        """)
                ], hasTimeout: false)
        }
    }

    /// The names of the indexes that are complete.
    static func valid(_ connection: Connection) throws(PostgreSQLError) -> Set<String> {
        let names = indexes.map { "to_regclass('\($0.0)')" }.joined(separator: ", ")
        let rows = try connection.run([
            .once(
                """
                SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                WHERE indexrelid IN (\(names)) AND indisvalid
                """)
        ]).flatMap(\.rows)
        return Set(rows.compactMap { $0.text(0) })
    }

    /// Whether all are complete.
    static func state(_ connection: Connection) throws(PostgreSQLError) -> SearchState {
        guard try valid(connection).count < indexes.count else { return .indexed(missing: 0) }
        return .unindexed(
            """
            The extension pg_trgm is missing, or an index of it. Run CREATE EXTENSION pg_trgm in the database, as a role \
            that may do so, and then remotisan-broker migrate
            """)
    }
}
