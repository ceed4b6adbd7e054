import Core
import GRDB

/// Executions that the store has lost, because it was restored from a backup.
extension SQLiteStore {
    /// A program that finds another file in the place of the database opens it anew, and searches all jobs then.
    package func lineage() throws(StoreError) -> String? { nil }

    package func missing(_ uuids: [JobUUID]) throws(StoreError) -> [JobUUID] {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM remotisan_executions WHERE job_uuid = ?")
            return try uuids.filter { try Int.fetchOne(statement, arguments: [$0.description]) == nil }
        }
    }

    package func adopt(_ execution: Execution, by actor: AuditActor) throws(StoreError) -> Bool {
        try write { db in
            try db.execute(
                literal: """
                    INSERT INTO remotisan_executions
                        (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at,
                         process_status, queued_at, token_id, token_name, restored)
                    VALUES (\(execution.jobUUID), \(execution.serverUUID), \(execution.userIdentifier),
                        \(execution.command), \(execution.parameters), \(execution.executedAt), 0,
                        \(sql: Status.running.sql), \(execution.queuedAt), \(execution.token?.id),
                        \(execution.token?.name), 1)
                    ON CONFLICT (job_uuid) DO NOTHING
                    """)
            guard db.changesCount == 1 else { return false }
            try Self.append(db, .restored(execution), by: actor)
            return true
        }
    }
}
