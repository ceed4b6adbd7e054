import Core

/// The steps from nothing, or from a table that the original made, to the tables of today.
///
/// Numbered and never changed once released; each is recorded in `remotisan_migrations`.
enum Migrations {
    private struct Step {
        let name: String
        let statements: (Connection) throws(Failure) -> [String]
    }

    private static var steps: [Step] {
        [
            Step(name: "1 the original's table", statements: original),
            Step(name: "2 facts of an end") { _ in ending },
            Step(name: "3 refused attempts and tokens") { _ in own },
            Step(name: "4 counts") { _ in CountsTable.statements },
            Step(name: "5 instances") { _ in instances },
            Step(name: "6 executions that wait") { _ in queue },
            Step(name: "7 when an instance is gone") { _ in silence },
        ]
    }

    /// The lock of those that migrate at the same time; the number means nothing.
    private static let lock = 0x7265_6d6f_7469_7361

    /// Whether every step is done.
    static func areComplete(_ connection: Connection) throws(Failure) -> Bool {
        let done = try applied(connection)
        return steps.allSatisfy { done.contains($0.name) }
    }

    /// Applies what is missing, in one transaction: of two that start at once one waits and finds everything done.
    ///
    /// - Returns: Names of what was applied.
    static func apply(to connection: Connection) throws(Failure) -> [String] {
        try connection.transaction { () throws(Failure) in
            let answers = try connection.run(
                [
                    .once("BEGIN"), .once("SELECT set_config('statement_timeout', '0', true)"),
                    .once("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"),
                    .once("SELECT pg_advisory_xact_lock(\(lock))"), .once("SELECT current_setting('server_encoding')"),
                ], isHasty: false)
            guard let encoding = answers.last?.rows.first?[text: 0], encoding == "UTF8" else {
                throw Failure(
                    code: "22021", "the database must hold Unicode: make it with CREATE DATABASE … ENCODING 'UTF8'")
            }
            let done = try applied(connection)
            let missing = steps.filter { !done.contains($0.name) }
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
            for step in missing {
                let statements = try step.statements(connection).map { Query.once($0) }
                let record = Query.once(
                    "INSERT INTO remotisan_migrations (name, applied_at) VALUES ($1, $2)",
                    [Value(step.name), Value(Clock.seconds())])
                _ = try connection.run(statements + [record], isHasty: false)
            }
            _ = try connection.run([.once("COMMIT")], isHasty: false)
            return missing.map(\.name)
        }
    }

    private static func applied(_ connection: Connection) throws(Failure) -> Set<String> {
        let exists = try connection.run([.once("SELECT to_regclass('remotisan_migrations') IS NOT NULL")])
        guard exists.first?.rows.first?[bool: 0] == true else { return [] }
        let names = try connection.run([.once("SELECT name FROM remotisan_migrations")])
        return Set(names.flatMap(\.rows).compactMap { $0[text: 0] })
    }

    /// The original's table, or what makes of one that it has made a table that holds everything: texts of any length,
    /// compared byte for byte as everywhere here, and 64 bits for a time.
    private static func original(_ connection: Connection) throws(Failure) -> [String] {
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
            guard let name = column[text: 0] else { return nil }
            if texts.contains(name), column[text: 1] != "text" || column[text: 2] != "C" {
                return "ALTER COLUMN \(name) TYPE text COLLATE \"C\" USING \(name)::text"
            }
            if numbers.contains(name), column[text: 1] != "bigint" {
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
        ]).first?.rows.first?[bool: 0]
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

    /// Where a user is sorted by, nobody comes first, as in SQLite.
    private static let indexes = [
        "CREATE INDEX remotisan_by_start ON remotisan_executions (executed_at, id)",
        "CREATE INDEX remotisan_by_user ON remotisan_executions (user_identifier NULLS FIRST, executed_at, id)",
        "CREATE INDEX remotisan_by_command ON remotisan_executions (command, executed_at, id)",
        "CREATE INDEX remotisan_by_status ON remotisan_executions (process_status, executed_at, id)",
        "CREATE INDEX remotisan_running ON remotisan_executions (server_uuid) WHERE process_status = 1",
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

    /// Who shares this audit; and what of theirs was closed as lost, which each looks for every few seconds.
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
            WHERE process_status = 3 AND substr(reason, 1, 15) = 'lost: instance '
        """,
    ]

    /// After how much silence each counts as gone; and how far its clock was ahead of the server's.
    private static let silence = [
        """
        ALTER TABLE remotisan_instances
            ADD COLUMN gone_after bigint NOT NULL DEFAULT 150, ADD COLUMN clock_ahead bigint
        """
    ]

    /// When it was asked for what had to wait; and who waits, which every look of a broker asks for.
    private static let queue = [
        "ALTER TABLE remotisan_executions ADD COLUMN queued_at bigint",
        "CREATE INDEX remotisan_queued ON remotisan_executions (command, server_uuid) WHERE process_status = 5",
    ]
}
