import Core
import SQLStore

/// The migrations of the PostgreSQL store.
enum Migrations {
    static let plan = MigrationPlan<Connection, PostgreSQLError>([
        step("1 the original's table", original),
        step("2 facts of an end") { _ in ending },
        step("3 refused attempts and tokens") { _ in own },
        step("4 counts") { _ in CountsTable.statements },
        step("5 instances") { _ in instances },
        step("6 executions that wait") { _ in queue },
        step("7 when an instance is gone") { _ in goneAfter },
        step("8 causes of an end") { _ in causes },
        step("9 tokens in the audit and idempotency keys") { _ in tokenFacts },
        step("10 places of instances") { _ in places },
        step("11 executions that were restored from files") { _ in restored },
        step("12 the audit") { _ in audit },
        step("13 durations") { _ in DurationOrder.indexes },
        step("14 favourites and presets") { _ in personal },
    ])

    private static func step(
        _ name: String, _ statements: @escaping @Sendable (Connection) throws(PostgreSQLError) -> [String]
    ) -> MigrationPlan<Connection, PostgreSQLError>.Step {
        .init(name) { connection throws(PostgreSQLError) in
            _ = try connection.run(statements(connection).map { Query.once($0) }, hasTimeout: false)
        }
    }

    /// The key of the advisory lock that concurrent migrations take. The number has no meaning.
    private static let lock = 0x7265_6d6f_7469_7361

    /// Fails if a migration is missing, or if a newer version of the program has applied more.
    static func requireCurrent(_ connection: Connection) throws(PostgreSQLError) {
        let applied = try applied(connection)
        try requireKnown(applied)
        guard plan.isComplete(applied: applied) else {
            throw PostgreSQLError(code: PostgreSQLError.undefinedTable, "a migration is missing")
        }
    }

    static func requireKnown(_ applied: Set<String>) throws(PostgreSQLError) {
        do throws(StoreError) { try plan.requireKnown(applied) } catch {
            guard case .unusable(let problem, let detail) = error else { return }
            throw PostgreSQLError(problem, detail)
        }
    }

    /// Applies the missing migrations in one transaction. Of two processes that start at once, one waits and then finds
    /// everything applied.
    ///
    /// - Returns: Names of the migrations that this call applied.
    static func apply(to connection: Connection) throws(PostgreSQLError) -> [String] {
        try connection.transaction { () throws(PostgreSQLError) in
            let answers = try connection.run(
                [
                    .once("BEGIN"), .once("SELECT set_config('statement_timeout', '0', true)"),
                    .once("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"),
                    .once("SELECT pg_advisory_xact_lock(\(lock))"), .once("SELECT current_setting('server_encoding')"),
                ], hasTimeout: false)
            guard let encoding = answers.last?.rows.first?.text(0), encoding == "UTF8" else {
                throw PostgreSQLError(
                    code: "22021",
                    "the encoding of the database must be UTF8: create it with CREATE DATABASE … ENCODING 'UTF8'")
            }
            let done = try applied(connection)
            try requireKnown(done)
            if done.isEmpty {
                _ = try connection.run([
                    .once(
                        """
                        CREATE TABLE IF NOT EXISTS remotisan_migrations (
                            name text COLLATE "C" PRIMARY KEY, applied_at bigint NOT NULL
                        )
                        """)
                ])
            }
            let names = try plan.apply(to: connection, applied: done) { name throws(PostgreSQLError) in
                _ = try connection.run([
                    .once(
                        "INSERT INTO remotisan_migrations (name, applied_at) VALUES ($1, $2)",
                        [Value(name), Value(Clock.seconds())])
                ])
            }
            _ = try connection.run([.once("COMMIT")], hasTimeout: false)
            return names
        }
    }

    /// Names of the migrations that have been applied.
    static func applied(_ connection: Connection) throws(PostgreSQLError) -> Set<String> {
        let exists = try connection.run([.once("SELECT to_regclass('remotisan_migrations') IS NOT NULL")])
        guard exists.first?.rows.first?.bool(0) == true else { return [] }
        let names = try connection.run([.once("SELECT name FROM remotisan_migrations")])
        return Set(names.flatMap(\.rows).compactMap { $0.text(0) })
    }

    /// Creates the original's table. In a table that the original made, widens the columns instead: texts of any
    /// length, compared byte for byte, and 64 bits for a time.
    private static func original(_ connection: Connection) throws(PostgreSQLError) -> [String] {
        let columns = try connection.run([
            .once(
                """
                SELECT a.attname, format_type(a.atttypid, a.atttypmod), c.collname
                FROM pg_attribute a LEFT JOIN pg_collation c ON c.oid = a.attcollation
                WHERE a.attrelid = to_regclass('remotisan_executions') AND a.attnum > 0 AND NOT a.attisdropped
                """)
        ]).flatMap(\.rows)
        guard !columns.isEmpty else { return [create] + indexes + [uniqueIndex] }
        let texts: Set = [
            "job_uuid", "server_uuid", "user_identifier", "command", "parameters", "killed_by", "intended_to_kill_by",
        ]
        let numbers: Set = ["executed_at", "finished_at", "process_status"]
        let changes = columns.compactMap { column -> String? in
            guard let name = column.text(0) else { return nil }
            if texts.contains(name), column.text(1) != "text" || column.text(2) != "C" {
                return "ALTER COLUMN \(name) TYPE text COLLATE \"C\" USING \(name)::text"
            }
            if numbers.contains(name), column.text(1) != "bigint" {
                return "ALTER COLUMN \(name) TYPE bigint USING \(name)::bigint"
            }
            return nil
        }
        let isUnique = try connection.run([
            .once(
                """
                SELECT EXISTS (
                    SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                    WHERE i.indrelid = to_regclass('remotisan_executions') AND i.indisunique AND i.indnkeyatts = 1
                        AND i.indpred IS NULL AND a.attname = 'job_uuid'
                )
                """)
        ]).first?.rows.first?.bool(0)
        let altered = changes.isEmpty ? [] : ["ALTER TABLE remotisan_executions \(changes.joined(separator: ", "))"]
        return altered + indexes + (isUnique == true ? [] : [uniqueIndex])
    }

    private static let create = """
        CREATE TABLE remotisan_executions (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            job_uuid text COLLATE "C" NOT NULL,
            server_uuid text COLLATE "C" NOT NULL,
            user_identifier text COLLATE "C",
            command text COLLATE "C" NOT NULL,
            parameters text COLLATE "C" NOT NULL DEFAULT '',
            executed_at bigint NOT NULL,
            finished_at bigint DEFAULT 0,
            process_status bigint NOT NULL,
            killed_by text COLLATE "C",
            intended_to_kill_by text COLLATE "C"
        )
        """

    private static let uniqueIndex = "CREATE UNIQUE INDEX remotisan_by_job ON remotisan_executions (job_uuid)"

    /// In an order by user, rows without a user come first, as in SQLite.
    private static let indexes = [
        "CREATE INDEX remotisan_by_start ON remotisan_executions (executed_at, id)",
        "CREATE INDEX remotisan_by_user ON remotisan_executions (user_identifier NULLS FIRST, executed_at, id)",
        "CREATE INDEX remotisan_by_command ON remotisan_executions (command, executed_at, id)",
        "CREATE INDEX remotisan_by_status ON remotisan_executions (process_status, executed_at, id)",
        "CREATE INDEX remotisan_running ON remotisan_executions (server_uuid) WHERE \(Status.running.condition)",
    ]

    private static let ending = [
        """
        ALTER TABLE remotisan_executions
            ADD COLUMN IF NOT EXISTS exit_code bigint, ADD COLUMN IF NOT EXISTS signal bigint,
            ADD COLUMN IF NOT EXISTS reason text COLLATE "C", ADD COLUMN IF NOT EXISTS cpu_ms bigint,
            ADD COLUMN IF NOT EXISTS peak_memory bigint, ADD COLUMN IF NOT EXISTS left_behind bigint,
            ADD COLUMN IF NOT EXISTS log_bytes bigint
        """
    ]

    private static let own = [
        """
        CREATE TABLE remotisan_refusals (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            user_identifier text COLLATE "C" NOT NULL,
            command text COLLATE "C" NOT NULL,
            parameters text COLLATE "C" NOT NULL,
            reason text COLLATE "C" NOT NULL,
            refused_at bigint NOT NULL
        )
        """,
        """
        CREATE TABLE remotisan_tokens (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            hash text COLLATE "C" NOT NULL UNIQUE,
            name text COLLATE "C" NOT NULL,
            user_identifier text COLLATE "C" NOT NULL,
            roles text COLLATE "C" NOT NULL,
            created_at bigint NOT NULL,
            expires_at bigint
        )
        """,
    ]

    /// The registry of instances, and an index of closed executions, which each instance searches every few seconds.
    private static let instances = [
        """
        CREATE TABLE remotisan_instances (
            server_uuid text COLLATE "C" PRIMARY KEY,
            name text COLLATE "C" NOT NULL,
            version text COLLATE "C" NOT NULL,
            address text COLLATE "C",
            first_seen bigint NOT NULL,
            last_seen bigint NOT NULL
        )
        """,
        """
        CREATE INDEX remotisan_closed ON remotisan_executions (server_uuid)
            WHERE \(Status.failed.condition) AND substr(reason, 1, 15) = 'lost: instance '
        """,
    ]

    /// The silence after which an instance counts as gone, and how far its clock is ahead of the server's; both in
    /// seconds.
    private static let goneAfter = [
        """
        ALTER TABLE remotisan_instances
            ADD COLUMN gone_after bigint NOT NULL DEFAULT 150, ADD COLUMN clock_ahead bigint
        """
    ]

    /// The time at which an execution was queued, and an index of queued executions, which every broker pass searches.
    private static let queue = [
        "ALTER TABLE remotisan_executions ADD COLUMN queued_at bigint",
        "CREATE INDEX remotisan_queued ON remotisan_executions (command, server_uuid) WHERE \(Status.queued.condition)",
    ]

    /// Where an instance lives, and its clock at the registration, so that copies of a storage are detected.
    private static let places = [
        """
        ALTER TABLE remotisan_instances ADD COLUMN place text COLLATE "C", ADD COLUMN clock_offset bigint
        """
    ]

    /// Whether the store had lost the execution, and has it back from the files of its job.
    private static let restored = ["ALTER TABLE remotisan_executions ADD COLUMN restored bigint"]

    private static let audit = [
        """
        CREATE TABLE remotisan_audit (
            server_uuid text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            at bigint NOT NULL,
            event text COLLATE "C" NOT NULL,
            subject text COLLATE "C",
            user_identifier text COLLATE "C",
            means text COLLATE "C" NOT NULL,
            address text COLLATE "C",
            token_id bigint,
            details text COLLATE "C" NOT NULL,
            previous text COLLATE "C" NOT NULL,
            hash text COLLATE "C" NOT NULL,
            PRIMARY KEY (server_uuid, number)
        )
        """,
        """
        CREATE INDEX remotisan_audit_configuration ON remotisan_audit (server_uuid, number)
            WHERE event = 'configuration_changed'
        """,
    ]

    /// Favourite commands and presets of parameters.
    private static let personal = [
        """
        CREATE TABLE remotisan_favourites (
            user_identifier text COLLATE "C" NOT NULL,
            command text COLLATE "C" NOT NULL,
            added_at bigint NOT NULL,
            PRIMARY KEY (user_identifier, command)
        )
        """,
        """
        CREATE TABLE remotisan_presets (
            id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
            user_identifier text COLLATE "C" NOT NULL,
            shared bigint NOT NULL,
            command text COLLATE "C" NOT NULL,
            name text COLLATE "C" NOT NULL,
            params text COLLATE "C" NOT NULL,
            saved_at bigint NOT NULL,
            UNIQUE (user_identifier, command, name)
        )
        """,
        "CREATE INDEX remotisan_shared_presets ON remotisan_presets (shared) WHERE shared = 1",
    ]

    /// Facts that were only in the wording of other columns before.
    private static let causes = [
        """
        ALTER TABLE remotisan_executions
            ADD COLUMN timed_out bigint, ADD COLUMN lost bigint, ADD COLUMN closed_by text COLLATE "C"
        """,
        "UPDATE remotisan_executions SET timed_out = 1 WHERE intended_to_kill_by = 'timeout'",
        "UPDATE remotisan_executions SET lost = 1 WHERE \(Status.failed.condition) AND reason = 'lost'",
        """
        UPDATE remotisan_executions
        SET lost = 1, closed_by = substr(reason, strpos(reason, ' is gone, closed by ') + 20)
        WHERE \(Status.failed.condition) AND substr(reason, 1, 15) = 'lost: instance '
        """,
        "DROP INDEX remotisan_closed",
        "CREATE INDEX remotisan_closed ON remotisan_executions (server_uuid) WHERE closed_by IS NOT NULL",
    ]

    /// The tokens of executions and refused attempts, more facts about tokens, and the keys of repeated requests.
    private static let tokenFacts = [
        """
        ALTER TABLE remotisan_executions
            ADD COLUMN token_id bigint, ADD COLUMN token_name text COLLATE "C", ADD COLUMN kill_token_id bigint
        """,
        """
        ALTER TABLE remotisan_refusals ADD COLUMN token_id bigint, ADD COLUMN token_name text COLLATE "C"
        """,
        "ALTER TABLE remotisan_tokens ADD COLUMN super_user bigint, ADD COLUMN last_used_at bigint",
        """
        CREATE TABLE remotisan_idempotency_keys (
            key_hash text COLLATE "C" PRIMARY KEY,
            body_hash text COLLATE "C" NOT NULL,
            job_uuid text COLLATE "C" NOT NULL,
            ahead bigint,
            server_uuid text COLLATE "C" NOT NULL,
            boot_id text COLLATE "C" NOT NULL,
            boot_seconds bigint NOT NULL,
            created_at bigint NOT NULL
        )
        """,
        "CREATE INDEX remotisan_old_idempotency_keys ON remotisan_idempotency_keys (created_at)",
    ]
}
