import Core
import SQLStore

extension PostgreSQLStore: InstanceStore {
    /// Also folds the counts.
    package func register(_ instance: RegisteredInstance) throws(StoreError) {
        _ = try run(Self.register(instance, where: "TRUE", values: []))
        _ = try run(CountsTable.fold)
    }

    /// Also folds the counts.
    package func register(_ instance: RegisteredInstance, replacing place: InstancePlace?) throws(StoreError) -> Bool {
        let condition = """
            remotisan_instances.place IS NULL OR remotisan_instances.place = $8 OR remotisan_instances.place = $10
            """
        let row = Self.register(instance, where: condition, values: [Value(place?.text)])
        guard try run(row).first?.changed == 1 else { return false }
        _ = try run(CountsTable.fold)
        return true
    }

    /// - Parameters:
    ///   - condition: When a registered instance is updated.
    ///   - values: Values of the condition, from $10 on.
    private static func register(_ instance: RegisteredInstance, where condition: String, values: [Value]) -> Query {
        Query(
            """
            INSERT INTO remotisan_instances
                (server_uuid, name, version, address, first_seen, last_seen, gone_after, clock_ahead, place,
                 clock_offset)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $6::bigint - \(Self.clockSeconds), $8, $9)
            ON CONFLICT (server_uuid) DO UPDATE SET
                name = excluded.name, version = excluded.version, address = excluded.address,
                last_seen = excluded.last_seen, gone_after = excluded.gone_after, clock_ahead = excluded.clock_ahead,
                place = excluded.place, clock_offset = excluded.clock_offset
            WHERE \(condition)
            """,
            [
                Value(instance.serverUUID), Value(instance.name), Value(instance.version),
                Value(instance.address?.description), Value(instance.firstSeen), Value(instance.lastSeen),
                Value(instance.goneAfter), Value(instance.place?.text), Value(instance.clockOffset),
            ] + values)
    }

    package func instances() throws(StoreError) -> [RegisteredInstance] {
        try run("SELECT \(RegisteredInstance.columns) FROM remotisan_instances ORDER BY name, server_uuid")
            .rows.map { RegisteredInstance($0) }
    }

    package func instance(_ server: String) throws(StoreError) -> RegisteredInstance? {
        try run("SELECT \(RegisteredInstance.columns) FROM remotisan_instances WHERE server_uuid = $1", [Value(server)])
            .rows.first.map { RegisteredInstance($0) }
    }

    package func openExecutions() throws(StoreError) -> [String: OpenExecutions] {
        OpenExecutions.byInstance(
            try run(
                """
                SELECT server_uuid, count(*) FILTER (WHERE \(Status.running.condition)),
                    count(*) FILTER (WHERE \(Status.queued.condition))
                FROM remotisan_executions
                WHERE process_status IN (\(Status.running.sql), \(Status.queued.sql)) GROUP BY server_uuid
                """
            ).rows)
    }

    package func clock() throws(StoreError) -> StoreClock? {
        // The first row is for the server itself, so that there is one even if no instance has registered.
        let rows = try run(
            """
            SELECT NULL, \(Self.clockSeconds)
            UNION ALL SELECT server_uuid, clock_ahead FROM remotisan_instances WHERE clock_ahead IS NOT NULL
            """
        ).rows
        guard let now: Int64 = rows.first(where: { $0.text(0) == nil })?.integer(1) else { return nil }
        let ahead = rows.compactMap { row -> (String, Int64)? in
            guard let server = row.text(0), let ahead: Int64 = row.integer(1) else { return nil }
            return (server, ahead)
        }
        return StoreClock(now: now, ahead: Dictionary(ahead) { first, _ in first })
    }

    package func closeExecutions(
        on server: String, goneAt now: Int64, by actor: AuditActor, running: Settlement, queued: Settlement
    ) throws(StoreError) -> Int? {
        let isGone = Query(
            "SELECT FROM remotisan_instances WHERE server_uuid = $1 AND \(Self.isGone("$2"))",
            [Value(server), Value(now)])
        let close = Query(
            """
            UPDATE remotisan_executions
            SET process_status = $2, finished_at = greatest($3::bigint, executed_at), reason = $4, lost = 1, closed_by = $5
            WHERE server_uuid = $1 AND \(Status.running.condition) RETURNING job_uuid
            """,
            [
                Value(server), Value(running.status.rawValue), Value(running.finishedAt), Value(running.ending.reason),
                Value(actor.closer),
            ])
        let end = Self.dequeue(queued, where: "server_uuid = $6 RETURNING job_uuid", values: [Value(server)])
        // The row of the instance stays locked, so it cannot register meanwhile.
        return try audited(by: actor, before: [Self.lock(server)]) { connection throws(PostgreSQLError) in
            guard try connection.run([isGone]).first?.rows.isEmpty == false else { return (nil, []) }
            let answers = try connection.run([close, end])
            let events = zip(answers, [running, queued]).flatMap { answer, settlement in
                answer.rows.compactMap { $0.text(0) }.map { AuditEvent.ended($0, settlement) }
            }
            return (events.count, [.closed(server, executions: events.count)] + events)
        }
    }

    package func reopenClosedExecutions(
        on server: String, by actor: AuditActor
    ) throws(StoreError) -> [Execution] {
        let closed = "server_uuid = $1 AND closed_by IS NOT NULL"
        // Usually there are none. Then nothing is locked.
        let any = try run("SELECT EXISTS (SELECT FROM remotisan_executions WHERE \(closed))", [Value(server)])
        guard any.rows.first?.bool(0) == true else { return [] }

        let taken = Query(
            """
            WITH old AS MATERIALIZED (
                SELECT \(Execution.columns) FROM remotisan_executions WHERE \(closed) FOR UPDATE
            ), taken AS (
                UPDATE remotisan_executions
                SET process_status = \(Status.running.sql), finished_at = 0, reason = NULL, lost = NULL,
                    closed_by = NULL, queued_at = NULL
                WHERE id IN (SELECT id FROM old)
            )
            SELECT \(Execution.columns) FROM old ORDER BY id
            """, [Value(server)])
        return try audited(by: actor, before: [Self.lock(server)]) { connection throws(PostgreSQLError) in
            let executions = try connection.run([taken]).flatMap(\.rows).map { Execution($0) }
            return (executions, executions.map { .reopened($0.jobUUID) })
        }
    }

    /// The current time of the server, not the start time of the transaction.
    private static let clockSeconds = "floor(extract(epoch FROM clock_timestamp()))::bigint"

    private static func isGone(_ now: String) -> String { "last_seen < \(now)::bigint - gone_after" }

    /// Locks the row of an instance, so that it cannot register meanwhile, and so that clients that change many of its
    /// executions wait for each other.
    private static func lock(_ server: String) -> Query {
        Query("SELECT FROM remotisan_instances WHERE server_uuid = $1 FOR UPDATE", [Value(server)])
    }
}
