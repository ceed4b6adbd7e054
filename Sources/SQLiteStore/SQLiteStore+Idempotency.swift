import Core
import GRDB
import SQLStore

/// The keys of repeated requests.
extension SQLiteStore {
    package func firstRequest(_ key: IdempotencyKey) throws(StoreError) -> FirstRequest? {
        try read { try Self.firstRequest($0, key) }
    }

    package func releaseKey(of uuid: JobUUID) throws(StoreError) {
        try write { db in
            try db.execute(literal: "DELETE FROM remotisan_idempotency_keys WHERE job_uuid = \(uuid.description)")
        }
    }

    static func firstRequest(_ db: Database, _ key: IdempotencyKey) throws -> FirstRequest? {
        let statement = try db.cachedStatement(
            literal: """
                SELECT \(sql: FirstRequest.columns) FROM remotisan_idempotency_keys
                WHERE key_hash = \(key.hash) AND NOT \(literal: isOld(key.moment))
                """)
        return try Row.fetchOne(statement).map { FirstRequest($0) }
    }

    /// Stores a key with its execution, and removes old keys of this instance.
    static func keep(_ db: Database, _ key: IdempotencyKey, of execution: Execution, ahead: Int?) throws {
        let moment = key.moment
        try db.execute(
            literal: """
                DELETE FROM remotisan_idempotency_keys
                WHERE server_uuid = \(execution.serverUUID) AND created_at <= \(moment.seconds - IdempotencyKey.lifetime)
                    AND \(literal: isOld(moment))
                """)
        try db.execute(
            literal: """
                INSERT OR REPLACE INTO remotisan_idempotency_keys
                    (key_hash, body_hash, job_uuid, ahead, server_uuid, boot_id, boot_seconds, created_at)
                VALUES (\(key.hash), \(key.bodyHash), \(execution.jobUUID), \(ahead), \(execution.serverUUID),
                    \(moment.bootID), \(moment.bootSeconds), \(moment.seconds))
                """)
    }

    /// Whether a row is older than a day: by the boot clock within a boot, else by the wall clock.
    private static func isOld(_ now: IdempotencyKey.Moment) -> SQL {
        """
        iif(boot_id = \(now.bootID), boot_seconds <= \(now.bootSeconds - IdempotencyKey.lifetime),
            created_at <= \(now.seconds - IdempotencyKey.lifetime))
        """
    }
}
