import Core
import SQLStore

/// Admission by running limits, and the queue.
extension PostgreSQLStore {
    /// If the answer to the commit is lost, the row may exist. Nothing was started for it, so its lock is free, and the
    /// next pass of the instance's broker settles it as lost.
    package func insert(
        _ execution: Execution, limit: RunningLimit?, key: IdempotencyKey?, by actor: AuditActor
    ) throws(StoreError) -> Admission {
        let admission = Self.admission(of: execution, limit: limit, key: key, by: actor)
        // Separate statements, because each must see the rows as they are after the earlier ones took their locks.
        let lock = limit.map { _ in Query("SELECT \(Self.lock("$1"))", [Value(execution.command)]) }
        let before =
            (key.map { [$0.claim(for: execution)] } ?? []) + (lock.map { [$0] } ?? []) + [AuditStatements.lock(actor)]
        let after = key.map { $0.conclusion(of: execution) } ?? []
        let answers = try use { connection throws(PostgreSQLError) in
            try connection.run(before + [admission] + after)
        }
        guard let kept = answers[before.count].rows.first else {
            let first = key == nil ? nil : answers.last?.rows.first.map { FirstRequest($0) }
            return first.map { .repeated($0) } ?? .full
        }
        let id: Int64 = kept.integer(0) ?? 0
        return kept.integer(1) == Status.queued.rawValue
            ? .queued(id: id, ahead: kept.integer(2) ?? 0) : .running(id: id)
    }

    /// The statement that stores an execution if the limit permits, and if its key belongs to it.
    private static func admission(
        of execution: Execution, limit: RunningLimit?, key: IdempotencyKey?, by actor: AuditActor
    ) -> Query {
        var values = Values()
        let job = values.add(Value(execution.jobUUID))
        let server = values.add(Value(execution.serverUUID))
        let user = values.add(Value(execution.userIdentifier))
        let command = values.add(Value(execution.command))
        let parameters = values.add(Value(execution.parameters))
        let time = values.add(Value(execution.executedAt))
        let token = values.add(Value(execution.token?.id))
        let tokenName = values.add(Value(execution.token?.name))
        let columns = """
            INSERT INTO remotisan_executions
                (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, token_id,
                 token_name, process_status, queued_at)
            SELECT \(job)::text, \(server)::text, \(user)::text, \(command)::text, \(parameters)::text, \(time)::bigint,
                0, \(token)::bigint, \(tokenName)::text
            """
        let keyHash = key.map { values.add(Value($0.hash)) }
        let isFirst =
            keyHash.map {
                "EXISTS (SELECT FROM remotisan_idempotency_keys WHERE key_hash = \($0) AND job_uuid = \(job)::text)"
            } ?? "true"
        guard let limit else {
            let started = AuditStatements.insert(
                .stored(execution, isQueued: false), by: actor, from: "kept", &values)
            let sql = """
                WITH kept AS (
                    \(columns), \(Status.running.sql), NULL WHERE \(isFirst) RETURNING id, process_status
                ), audited AS (\(started))
                SELECT id, process_status FROM kept
                """
            return Query(sql, values.all)
        }
        let maxRunning = values.add(Value(limit.maxRunning))
        let maxQueued = values.add(Value(limit.maxQueued))
        let all = values.add(Self.isForAll(limit.scope))
        let noted = keyHash.map { hash in
            """
            , noted AS (
                UPDATE remotisan_idempotency_keys SET ahead = place.waiting FROM kept, place
                WHERE key_hash = \(hash) AND kept.process_status = \(Status.queued.sql)
            )
            """
        }
        let started = AuditStatements.insert(
            .stored(execution, isQueued: false), by: actor,
            from: "(SELECT FROM kept WHERE process_status = \(Status.running.sql)) AS run", &values)
        let queued = AuditStatements.insert(
            .stored(execution, isQueued: true), by: actor,
            from: "(SELECT FROM kept WHERE process_status = \(Status.queued.sql)) AS wait", &values)
        let sql = """
            WITH room AS MATERIALIZED (
                SELECT (
                    SELECT count(*) FROM remotisan_executions
                    WHERE \(Status.queued.condition) AND command = \(command)
                        AND \(Self.isWaitingIn(server: server, all: all, now: time))
                ) AS waiting, (
                    SELECT count(*) FROM remotisan_executions
                    WHERE \(Status.running.condition) AND command = \(command)
                        AND (\(all)::boolean OR server_uuid = \(server))
                ) AS running
            ), place AS (
                SELECT waiting, waiting > 0 OR running >= \(maxRunning)::bigint AS waits FROM room
            ), kept AS (
                \(columns), CASE WHEN waits THEN \(Status.queued.sql) ELSE \(Status.running.sql) END,
                    CASE WHEN waits THEN \(time)::bigint END
                FROM place WHERE (NOT waits OR waiting < \(maxQueued)::bigint) AND \(isFirst)
                RETURNING id, process_status
            ), audited AS (\(started)), audited_queued AS (\(queued))\(noted ?? "")
            SELECT kept.id, kept.process_status, place.waiting FROM kept, place
            """
        return Query(sql, values.all)
    }

    package func queued(on server: String) throws(StoreError) -> [Execution] {
        try run(
            """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE \(Status.queued.condition) AND server_uuid = $1 ORDER BY id
            """, [Value(server)]
        ).rows.map { Execution($0) }
    }

    package func countAhead(of execution: Execution, over scope: RunningLimit.Scope, now: Int64) throws(StoreError)
        -> Int
    {
        try run(
            """
            SELECT count(*) FROM remotisan_executions
            WHERE \(Status.queued.condition) AND command = $1 AND id < $2
                AND \(Self.isWaitingIn(server: "$3", all: "$4", now: "$5"))
            """,
            [
                Value(execution.command), Value(execution.id), Value(execution.serverUUID), Self.isForAll(scope),
                Value(now),
            ]
        ).rows.first?.integer(0) ?? 0
    }

    package func isNext(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool {
        let waiting = "SELECT FROM remotisan_executions AS mine WHERE job_uuid = $1 AND \(Status.queued.condition)"
        guard let limit else { return try !run(waiting, [Value(uuid.description)]).rows.isEmpty }
        return try !run(
            "\(waiting) AND \(Self.isNext(maxRunning: "$2", all: "$3", now: "$4"))",
            [Value(uuid.description), Value(limit.maxRunning), Self.isForAll(limit.scope), Value(now)]
        ).rows.isEmpty
    }

    package func claim(
        _ uuid: JobUUID, limit: RunningLimit?, now: Int64, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        let claim = """
            UPDATE remotisan_executions AS mine SET process_status = \(Status.running.sql), executed_at = $1
            WHERE job_uuid = $2 AND \(Status.queued.condition)
            """
        let values = [Value(now), Value(uuid.description)]
        guard let limit else { return try audited(claim, values, .claimed(uuid), by: actor) }
        let lock = Query(
            "SELECT \(Self.lock("command")) FROM remotisan_executions WHERE job_uuid = $1 AND \(Status.queued.condition)",
            [Value(uuid.description)])
        return try audited(
            "\(claim) AND \(Self.isNext(maxRunning: "$3", all: "$4", now: "$5"))",
            values + [Value(limit.maxRunning), Self.isForAll(limit.scope), Value(now)], .claimed(uuid), by: actor,
            before: [lock])
    }

    package func requeue(_ uuid: JobUUID, by actor: AuditActor) throws(StoreError) -> Bool {
        try audited(
            """
            UPDATE remotisan_executions SET process_status = \(Status.queued.sql), executed_at = queued_at, reason = NULL
            WHERE job_uuid = $1 AND \(Status.running.condition) AND queued_at IS NOT NULL AND intended_to_kill_by IS NULL
            """, [Value(uuid.description)], .requeued(uuid), by: actor)
    }

    package func dequeue(
        _ uuid: JobUUID, _ settlement: Settlement, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        let end = Self.dequeue(settlement, where: "job_uuid = $6", values: [Value(uuid.description)])
        return try audited(end.sql, end.values, .ended(uuid.description, settlement), by: actor)
    }

    /// Ends the queued executions that meet a condition. Its placeholders begin at $6.
    static func dequeue(_ settlement: Settlement, where condition: String, values: [Value]) -> Query {
        Query(
            """
            UPDATE remotisan_executions
            SET process_status = $1, executed_at = $2, finished_at = $2, killed_by = $3, intended_to_kill_by = $3,
                reason = $4, kill_token_id = $5
            WHERE \(Status.queued.condition) AND \(condition)
            """,
            [
                Value(settlement.status.rawValue), Value(settlement.finishedAt), Value(settlement.killedBy?.identifier),
                Value(settlement.ending.reason), Value(settlement.killTokenID),
            ] + values)
    }

    /// Locks the counts of a command for all instances.
    private static func lock(_ command: String) -> String {
        "pg_advisory_xact_lock(hashtextextended('remotisan max_running ' || \(command), 0))"
    }

    /// Whether the limit permits to start the queued execution `mine`, and none is queued before it.
    private static func isNext(maxRunning: String, all: String, now: String) -> String {
        """
        (
            SELECT count(*) FROM remotisan_executions
            WHERE \(Status.running.condition) AND command = mine.command AND (\(all)::boolean OR server_uuid = mine.server_uuid)
        ) < \(maxRunning) AND NOT EXISTS (
            SELECT FROM remotisan_executions
            WHERE \(Status.queued.condition) AND command = mine.command AND id < mine.id
                AND \(isWaitingIn(server: "mine.server_uuid", all: all, now: now))
        )
        """
    }

    /// Whether a queued row counts for a limit. Those of gone instances do not.
    private static func isWaitingIn(server: String, all: String, now: String) -> String {
        """
        (server_uuid = \(server) OR (\(all)::boolean
            AND server_uuid IN (SELECT server_uuid FROM remotisan_instances WHERE last_seen >= \(now)::bigint - gone_after)))
        """
    }

    private static func isForAll(_ scope: RunningLimit.Scope) -> Value {
        Value(scope == .all ? "true" : "false")
    }
}
