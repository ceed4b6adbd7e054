import Core

extension PostgreSQLStore: InstanceStore {
    /// See `InstanceStore`; every sign of life also folds the counts.
    package func register(_ instance: RegisteredInstance) throws {
        let row = Query(
            """
            INSERT INTO remotisan_instances
                (server_uuid, name, version, address, first_seen, last_seen, gone_after, clock_ahead)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $6::bigint - \(Self.clockSeconds))
            ON CONFLICT (server_uuid) DO UPDATE SET
                name = excluded.name, version = excluded.version, address = excluded.address,
                last_seen = excluded.last_seen, gone_after = excluded.gone_after, clock_ahead = excluded.clock_ahead
            """,
            [
                Value(instance.serverUUID), Value(instance.name), Value(instance.version),
                Value(instance.address?.description), Value(instance.firstSeen), Value(instance.lastSeen),
                Value(instance.goneAfter),
            ])
        _ = try run(row)
        _ = try run(CountsTable.fold)
    }

    package func instances() throws -> [RegisteredInstance] {
        try run("SELECT \(RegisteredInstance.columns) FROM remotisan_instances ORDER BY name, server_uuid")
            .rows.map { RegisteredInstance($0) }
    }

    package func instance(_ server: String) throws -> RegisteredInstance? {
        try run("SELECT \(RegisteredInstance.columns) FROM remotisan_instances WHERE server_uuid = $1", [Value(server)])
            .rows.first.map { RegisteredInstance($0) }
    }

    package func openExecutions() throws -> [String: OpenExecutions] {
        let rows = try run(
            """
            SELECT server_uuid, count(*) FILTER (WHERE process_status = 1), count(*) FILTER (WHERE process_status = 5)
            FROM remotisan_executions WHERE process_status IN (1, 5) GROUP BY server_uuid
            """
        ).rows.map { row -> (String, OpenExecutions) in
            (row[text: 0] ?? "", OpenExecutions(running: row[number: 1] ?? 0, waiting: row[number: 2] ?? 0))
        }
        return Dictionary(rows) { first, _ in first }
    }

    package func clock() throws -> StoreClock? {
        // One row for itself, so that there is one also where nobody has registered.
        let rows = try run(
            """
            SELECT NULL, \(Self.clockSeconds)
            UNION ALL SELECT server_uuid, clock_ahead FROM remotisan_instances WHERE clock_ahead IS NOT NULL
            """
        ).rows
        guard let now: Int64 = rows.first(where: { $0[text: 0] == nil })?[number: 1] else { return nil }
        let ahead = rows.compactMap { row -> (String, Int64)? in
            guard let server = row[text: 0], let ahead: Int64 = row[number: 1] else { return nil }
            return (server, ahead)
        }
        return StoreClock(now: now, ahead: Dictionary(ahead) { first, _ in first })
    }

    package func closeExecutions(
        on server: String, goneAt now: Int64, _ settlement: Settlement, waiting: Settlement
    ) throws -> Int? {
        let answers = try run(
            Self.lock(server),
            Query(
                "SELECT FROM remotisan_instances WHERE server_uuid = $1 AND \(Self.isGone("$2"))",
                [Value(server), Value(now)]),
            Query(
                """
                UPDATE remotisan_executions SET process_status = $3, finished_at = $4, reason = $5
                WHERE server_uuid = $1 AND process_status = 1 AND EXISTS (
                    SELECT FROM remotisan_instances WHERE server_uuid = $1 AND \(Self.isGone("$2"))
                )
                """,
                [
                    Value(server), Value(now), Value(settlement.status.rawValue), Value(settlement.finishedAt),
                    Value(settlement.ending.reason),
                ]),
            Self.dequeue(
                waiting,
                """
                server_uuid = $5 AND EXISTS (
                    SELECT FROM remotisan_instances WHERE server_uuid = $5 AND \(Self.isGone("$6"))
                )
                """, [Value(server), Value(now)]))
        guard answers.count == 4, !answers[1].rows.isEmpty else { return nil }
        return answers[2].changed + answers[3].changed
    }

    package func takeBackClosed(on server: String) throws -> [Execution] {
        let closed = "server_uuid = $1 AND process_status = 3 AND substr(reason, 1, 15) = 'lost: instance '"
        // Mostly there is nothing, and then nothing is locked.
        let any = try run("SELECT EXISTS (SELECT FROM remotisan_executions WHERE \(closed))", [Value(server)])
        guard any.rows.first?[bool: 0] == true else { return [] }

        let taken = Query(
            """
            WITH old AS MATERIALIZED (
                SELECT \(Execution.columns) FROM remotisan_executions WHERE \(closed) FOR UPDATE
            ), taken AS (
                UPDATE remotisan_executions SET process_status = 1, finished_at = 0, reason = NULL, queued_at = NULL
                WHERE id IN (SELECT id FROM old)
            )
            SELECT \(Execution.columns) FROM old ORDER BY id
            """, [Value(server)])
        return try run(Self.lock(server), taken).last?.rows.map { Execution($0) } ?? []
    }

    /// The server's own clock, not that of the transaction's begin.
    private static let clockSeconds = "floor(extract(epoch FROM clock_timestamp()))::bigint"

    private static func isGone(_ now: String) -> String { "last_seen < \(now)::bigint - gone_after" }

    /// Locks an instance's row: it cannot register meanwhile, and of those that change many of its executions at once
    /// one waits for the other.
    private static func lock(_ server: String) -> Query {
        Query("SELECT FROM remotisan_instances WHERE server_uuid = $1 FOR UPDATE", [Value(server)])
    }
}

extension RegisteredInstance {
    fileprivate static let columns = "server_uuid, name, version, address, first_seen, last_seen, gone_after"

    fileprivate init(_ row: Answer.Row) {
        self.init(
            serverUUID: row[text: 0] ?? "", name: row[text: 1] ?? "", version: row[text: 2] ?? "",
            address: row[text: 3].flatMap { InstanceAddress($0) }, firstSeen: row[number: 4] ?? 0,
            lastSeen: row[number: 5] ?? 0, goneAfter: row[number: 6] ?? RegisteredInstance.goneAfterByDefault)
    }
}
