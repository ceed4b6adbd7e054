import Core
import SQLStore

/// The keys of repeated requests.
extension PostgreSQLStore {
    package func firstRequest(_ key: IdempotencyKey) throws(StoreError) -> FirstRequest? {
        var values = Values()
        let hash = values.add(Value(key.hash))
        let sql = """
            SELECT \(FirstRequest.columns) FROM remotisan_idempotency_keys
            WHERE key_hash = \(hash) AND NOT \(key.moment.isOld(&values))
            """
        return try run(sql, values.all).rows.first.map { FirstRequest($0) }
    }

    package func releaseKey(of uuid: JobUUID) throws(StoreError) {
        _ = try run(
            "DELETE FROM remotisan_idempotency_keys WHERE job_uuid = $1", [Value(uuid.description)])
    }
}

/// The statements around the insert of an execution with a key. All of them are one transaction.
extension IdempotencyKey {
    /// Stores the key for an execution, unless another request of the last day has it. The primary key makes a
    /// concurrent request with the same key wait until the first one is committed.
    func claim(for execution: Execution) -> Query {
        var values = Values()
        let columns = [
            ("key_hash", values.add(Value(hash))), ("body_hash", values.add(Value(bodyHash))),
            ("job_uuid", values.add(Value(execution.jobUUID))),
            ("server_uuid", values.add(Value(execution.serverUUID))),
            ("boot_id", values.add(Value(moment.bootID))), ("boot_seconds", values.add(Value(moment.bootSeconds))),
            ("created_at", values.add(Value(moment.seconds))),
        ]
        let names = columns.map { $0.0 }
        let sql = """
            INSERT INTO remotisan_idempotency_keys (\(names.joined(separator: ", ")))
            VALUES (\(columns.map { $0.1 }.joined(separator: ", ")))
            ON CONFLICT (key_hash) DO UPDATE
            SET \(names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")), ahead = NULL
            WHERE \(moment.isOld(of: "remotisan_idempotency_keys.", &values))
            """
        return Query(sql, values.all)
    }

    /// Removes the key again if the execution was not stored, removes old keys of the instance, and returns the row of
    /// the first request.
    func conclusion(of execution: Execution) -> [Query] {
        var values = Values()
        let server = values.add(Value(execution.serverUUID))
        // Rows that another client removes or replaces are skipped, so that two clients never wait for each other.
        let removal = """
            DELETE FROM remotisan_idempotency_keys WHERE key_hash IN (
                SELECT key_hash FROM remotisan_idempotency_keys
                WHERE server_uuid = \(server) AND created_at <= \(values.add(Value(moment.seconds - Self.lifetime)))
                    AND \(moment.isOld(&values))
                FOR UPDATE SKIP LOCKED
            )
            """
        return [
            Query(
                """
                DELETE FROM remotisan_idempotency_keys WHERE key_hash = $1 AND job_uuid = $2
                    AND NOT EXISTS (SELECT FROM remotisan_executions WHERE job_uuid = $2)
                """, [Value(hash), Value(execution.jobUUID)]),
            Query(removal, values.all),
            Query(
                "SELECT \(FirstRequest.columns) FROM remotisan_idempotency_keys WHERE key_hash = $1", [Value(hash)]),
        ]
    }
}

extension IdempotencyKey.Moment {
    /// Whether a row is older than a day now: by the boot clock within a boot, else by the wall clock.
    fileprivate func isOld(of table: String = "", _ values: inout Values) -> String {
        let boot = values.add(Value(bootID))
        let bootLimit = values.add(Value(bootSeconds - IdempotencyKey.lifetime))
        let limit = values.add(Value(seconds - IdempotencyKey.lifetime))
        return """
            (CASE WHEN \(table)boot_id = \(boot) THEN \(table)boot_seconds <= \(bootLimit)
                ELSE \(table)created_at <= \(limit) END)
            """
    }
}
