import Core
import GRDB
import SQLStore

extension SQLiteStore: InstanceStore {
    package func register(_ instance: RegisteredInstance) throws(StoreError) {
        try write { db in try Self.register(db, instance, where: "TRUE") }
    }

    package func register(_ instance: RegisteredInstance, replacing place: InstancePlace?) throws(StoreError) -> Bool {
        try write { db in
            try Self.register(
                db, instance,
                where: """
                    place IS NULL OR place = \(instance.place?.text) OR place = \(place?.text)
                    """)
            return db.changesCount == 1
        }
    }

    /// - Parameter condition: When a registered instance is updated.
    private static func register(_ db: Database, _ instance: RegisteredInstance, where condition: SQL) throws {
        try db.execute(
            literal: """
                INSERT INTO remotisan_instances
                    (server_uuid, name, version, address, first_seen, last_seen, gone_after, place, clock_offset)
                VALUES (\(instance.serverUUID), \(instance.name), \(instance.version),
                    \(instance.address?.description), \(instance.firstSeen), \(instance.lastSeen),
                    \(instance.goneAfter), \(instance.place?.text), \(instance.clockOffset))
                ON CONFLICT (server_uuid) DO UPDATE SET
                    name = excluded.name, version = excluded.version, address = excluded.address,
                    last_seen = excluded.last_seen, gone_after = excluded.gone_after, place = excluded.place,
                    clock_offset = excluded.clock_offset
                WHERE \(literal: condition)
                """)
    }

    package func instances() throws(StoreError) -> [RegisteredInstance] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT \(RegisteredInstance.columns) FROM remotisan_instances ORDER BY name, server_uuid")
            return try Row.fetchAll(statement).map { RegisteredInstance($0) }
        }
    }

    package func instance(_ server: String) throws(StoreError) -> RegisteredInstance? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT \(RegisteredInstance.columns) FROM remotisan_instances WHERE server_uuid = ?",
                arguments: [server]
            ).map { RegisteredInstance($0) }
        }
    }

    package func openExecutions() throws(StoreError) -> [String: OpenExecutions] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT server_uuid, sum(\(Status.running.condition)), sum(\(Status.queued.condition))
                    FROM remotisan_executions
                    WHERE process_status IN (\(Status.running.sql), \(Status.queued.sql)) GROUP BY server_uuid
                    """)
            return OpenExecutions.byInstance(try Row.fetchAll(statement))
        }
    }

    /// Nil: all users of the file share one machine, and therefore one clock.
    package func clock() throws(StoreError) -> StoreClock? { nil }

    package func closeExecutions(
        on server: String, goneAt now: Int64, by actor: AuditActor, running: Settlement, queued: Settlement
    ) throws(StoreError) -> Int? {
        try write { db in
            let isGone = try SQLRequest<Bool>(
                literal: """
                    SELECT last_seen < \(now) - gone_after FROM remotisan_instances WHERE server_uuid = \(server)
                    """
            ).fetchOne(db)
            guard isGone == true else { return nil }
            func open(_ status: Status) throws -> [String] {
                try SQLRequest<String>(
                    literal: """
                        SELECT job_uuid FROM remotisan_executions
                        WHERE server_uuid = \(server) AND \(sql: status.condition) ORDER BY id
                        """
                ).fetchAll(db)
            }
            let ended = try open(.running).map { ($0, running) } + open(.queued).map { ($0, queued) }
            try db.execute(
                literal: """
                    UPDATE remotisan_executions
                    SET process_status = \(running.status.rawValue), finished_at = max(\(running.finishedAt), executed_at),
                        reason = \(running.ending.reason), lost = \(running.ending.isLost), closed_by = \(actor.closer)
                    WHERE server_uuid = \(server) AND \(sql: Status.running.condition)
                    """)
            _ = try Self.dequeue(db, queued, where: "server_uuid = \(server)")
            try Self.append(db, .closed(server, executions: ended.count), by: actor)
            for (uuid, settlement) in ended { try Self.append(db, .ended(uuid, settlement), by: actor) }
            return ended.count
        }
    }

    package func reopenClosedExecutions(
        on server: String, by actor: AuditActor
    ) throws(StoreError) -> [Execution] {
        let closed: SQL = "server_uuid = \(server) AND closed_by IS NOT NULL"
        @Sendable func rows(_ db: Database) throws -> [Execution] {
            let statement = try db.cachedStatement(
                literal: """
                    SELECT \(sql: Execution.columns) FROM remotisan_executions WHERE \(literal: closed) ORDER BY id
                    """)
            return try Row.fetchAll(statement).map { Execution($0) }
        }
        // Usually there are none. Then no other writer has to wait.
        guard try !read(rows).isEmpty else { return [] }
        return try write { db in
            let executions = try rows(db)
            try db.execute(
                literal: """
                    UPDATE remotisan_executions
                    SET process_status = \(sql: Status.running.sql), finished_at = 0, reason = NULL, lost = NULL,
                        closed_by = NULL, queued_at = NULL
                    WHERE \(literal: closed)
                    """)
            for execution in executions { try Self.append(db, .reopened(execution.jobUUID), by: actor) }
            return executions
        }
    }
}
