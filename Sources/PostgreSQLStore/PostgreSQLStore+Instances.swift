import Core

extension PostgreSQLStore: InstanceStore {
    /// See `InstanceStore`; every sign of life also folds the counts.
    package func register(_ instance: RegisteredInstance) throws {
        let row = Query(
            """
            INSERT INTO remotisan_instances (server_uuid, name, version, address, first_seen, last_seen)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (server_uuid) DO UPDATE SET
                name = excluded.name, version = excluded.version, address = excluded.address,
                last_seen = excluded.last_seen
            """,
            [
                Value(instance.serverUUID), Value(instance.name), Value(instance.version),
                Value(instance.address?.description), Value(instance.firstSeen), Value(instance.lastSeen),
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

    package func closeExecutions(
        on server: String, unseenSince time: Int64, _ settlement: Settlement, waiting: Settlement
    ) throws -> Int? {
        let answers = try run(
            Self.lock(server),
            Query(
                "SELECT FROM remotisan_instances WHERE server_uuid = $1 AND last_seen < $2",
                [Value(server), Value(time)]),
            Query(
                """
                UPDATE remotisan_executions SET process_status = $3, finished_at = $4, reason = $5
                WHERE server_uuid = $1 AND process_status = 1 AND EXISTS (
                    SELECT FROM remotisan_instances WHERE server_uuid = $1 AND last_seen < $2
                )
                """,
                [
                    Value(server), Value(time), Value(settlement.status.rawValue), Value(settlement.finishedAt),
                    Value(settlement.ending.reason),
                ]),
            Self.dequeue(
                waiting,
                """
                server_uuid = $5 AND EXISTS (
                    SELECT FROM remotisan_instances WHERE server_uuid = $5 AND last_seen < $6
                )
                """, [Value(server), Value(time)]))
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

    /// Locks an instance's row: it cannot register meanwhile, and of those that change many of its executions at once
    /// one waits for the other.
    private static func lock(_ server: String) -> Query {
        Query("SELECT FROM remotisan_instances WHERE server_uuid = $1 FOR UPDATE", [Value(server)])
    }
}

extension RegisteredInstance {
    fileprivate static let columns = "server_uuid, name, version, address, first_seen, last_seen"

    fileprivate init(_ row: Answer.Row) {
        self.init(
            serverUUID: row[text: 0] ?? "", name: row[text: 1] ?? "", version: row[text: 2] ?? "",
            address: row[text: 3].flatMap { InstanceAddress($0) }, firstSeen: row[number: 4] ?? 0,
            lastSeen: row[number: 5] ?? 0)
    }
}
