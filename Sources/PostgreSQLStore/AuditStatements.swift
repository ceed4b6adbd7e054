import Core
import SQLStore

/// Statements that append to the audit.
///
/// Every transaction takes the lock of the chain before it changes rows that it audits, and after the lock of a limit
/// and a key. So no two transactions wait for each other. Each statement sees the entries before it, because
/// it has a snapshot of its own that is taken when the lock is held.
enum AuditStatements {
    /// Makes the chain of an instance wait until this transaction ends.
    static func lock(_ actor: AuditActor) -> Query {
        Query("SELECT pg_advisory_xact_lock(hashtextextended('remotisan audit ' || $1, 0))", [Value(actor.instance)])
    }

    /// Appends an event.
    static func insert(_ event: AuditEvent, by actor: AuditActor) -> Query {
        var values = Values()
        let sql = insert(event, by: actor, from: "(VALUES (1)) AS one", &values)
        return Query(sql, values.all)
    }

    /// A change of at most one row, and its event. The command tag counts the entries, so it says whether a row was
    /// changed.
    ///
    /// - Parameters:
    ///   - change: An INSERT, UPDATE or DELETE without RETURNING.
    ///   - values: The values of the change.
    static func change(_ change: String, _ values: [Value], _ event: AuditEvent, by actor: AuditActor) -> Query {
        var values = Values(values)
        let insert = insert(event, by: actor, from: "changed", &values)
        return Query("WITH changed AS (\(change) RETURNING 1) \(insert)", values.all)
    }

    /// The statement that appends an event for the one row of a table, or nothing if the table is empty.
    ///
    /// The same text is hashed as by `AuditEntry`. The server computes the hash, because the statement and its change
    /// are one round trip then.
    static func insert(
        _ event: AuditEvent, by actor: AuditActor, from table: String, _ values: inout Values
    ) -> String {
        let instance = values.add(Value(actor.instance))
        let body = values.add(Value(AuditEntry.body(event, by: actor)))
        let genesis = values.add(Value(AuditHead.none.hash))
        let texts = [
            values.add(Value(event.at)) + "::bigint", values.add(Value(event.kind.rawValue)) + "::text",
            values.add(Value(event.subject)) + "::text", values.add(Value(actor.user)) + "::text",
            values.add(Value(actor.means.rawValue)) + "::text", values.add(Value(actor.address)) + "::text",
            values.add(Value(actor.tokenID)) + "::bigint", values.add(Value(event.details)) + "::text",
        ]
        return """
            INSERT INTO remotisan_audit (\(AuditTable.columns))
            SELECT \(instance)::text, place.number, \(texts.joined(separator: ", ")), place.hash,
                encode(sha256(convert_to(
                    place.hash || octet_length(place.number::text) || ':' || place.number || ',' || \(body)::text,
                    'UTF8')), 'hex')
            FROM \(table) LEFT JOIN LATERAL (
                SELECT number, hash FROM remotisan_audit WHERE server_uuid = \(instance)::text
                ORDER BY number DESC LIMIT 1
            ) AS last ON true CROSS JOIN LATERAL (
                SELECT coalesce(last.number, 0) + 1 AS number, coalesce(last.hash, \(genesis)::text) AS hash
            ) AS place
            """
    }
}
