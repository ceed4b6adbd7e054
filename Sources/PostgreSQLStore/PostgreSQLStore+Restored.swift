import Core
import SQLStore

/// Executions that the store has lost, because it was restored from a backup or failed over to an older standby.
extension PostgreSQLStore {
    package func missing(_ uuids: [JobUUID]) throws(StoreError) -> [JobUUID] {
        guard !uuids.isEmpty else { return [] }
        let rows = try run(
            "SELECT job_uuid FROM remotisan_executions WHERE job_uuid = ANY ($1::text[])",
            [Value(list: uuids.map(\.description))]
        ).rows
        let present = Set(rows.compactMap { $0.text(0) })
        return uuids.filter { !present.contains($0.description) }
    }

    package func adopt(_ execution: Execution, by actor: AuditActor) throws(StoreError) -> Bool {
        try audited(
            """
            INSERT INTO remotisan_executions
                (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at,
                 process_status, queued_at, token_id, token_name, restored)
            VALUES ($1, $2, $3, $4, $5, $6, 0, \(Status.running.sql), $7, $8, $9, 1)
            ON CONFLICT (job_uuid) DO NOTHING
            """,
            [
                Value(execution.jobUUID), Value(execution.serverUUID), Value(execution.userIdentifier),
                Value(execution.command), Value(execution.parameters), Value(execution.executedAt),
                Value(execution.queuedAt), Value(execution.token?.id), Value(execution.token?.name),
            ], .restored(execution), by: actor)
    }

    /// The timeline of the server, which changes when a standby is promoted (PostgreSQL's manual, 26.3.5), and the
    /// table's number, which changes when pg_restore creates the table again.
    package func lineage() throws(StoreError) -> String? {
        do throws(StoreError) {
            return try run(
                """
                SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || '.'
                    || 'remotisan_executions'::regclass::oid
                """
            ).rows.first?.text(0)
        } catch .broken {
            // A service that resembles PostgreSQL, and hides its log.
            return nil
        }
    }

    /// A server tells only by a query, which takes as long as reading the rows.
    package var changeCounter: Int64? { nil }

    /// A server has no files at a path.
    package var mustBeReopened: Bool { false }

    package func prepareToReopen() -> Bool { true }

    /// Its server searches for damage itself.
    package var damageCheckedAt: Int64? { nil }

    package func verify() throws(StoreError) {
        let (rows, tables, applied) = try use { connection throws(PostgreSQLError) in
            let answers = try connection.run([
                Query("SELECT current_setting('transaction_read_only') = 'on'"),
                Query("SELECT relname FROM pg_class WHERE oid IN (\(Self.tables))"),
            ])
            return (answers[0].rows, answers[1].rows, try Migrations.applied(connection))
        }
        if rows.first?.bool(0) == true {
            throw .unusable(.readOnly, "the PostgreSQL server is a standby, or its default is read-only")
        }
        try Tables.require(in: Set(tables.compactMap { $0.text(0) }))
        do throws(PostgreSQLError) { try Migrations.requireKnown(applied) } catch { throw error.storeError }
    }

    private static let tables = Tables.names.map { "to_regclass('\($0)')" }.joined(separator: ", ")
}
