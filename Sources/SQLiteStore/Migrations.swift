import Core
import GRDB

/// The steps from nothing, or from a table that the original made, to the tables of today.
///
/// Numbered and never changed once released; each is recorded in `remotisan_migrations`.
enum Migrations {
    private struct Step {
        let name: String
        let apply: (Database) throws -> Void
    }

    private static var steps: [Step] {
        [
            Step(name: "1 the original's table", apply: createOriginal),
            Step(name: "2 facts of an end", apply: addEnding),
            Step(name: "3 refused attempts and tokens", apply: createOwn),
            Step(name: "4 counts", apply: createCounts),
            Step(name: "5 an index by status", apply: createStatusIndex),
            Step(name: "6 instances", apply: createInstances),
            Step(name: "7 executions that wait", apply: addQueue),
            Step(name: "8 when an instance is gone", apply: addSilence),
        ]
    }

    static func areComplete(_ db: Database) throws -> Bool {
        let done = try applied(db)
        return steps.allSatisfy { done.contains($0.name) }
    }

    /// Applies what is missing. In one immediate transaction, so of two processes that start at once one waits and
    /// finds everything done.
    static func apply(to db: Database) throws -> [String] {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS remotisan_migrations (
                    name TEXT PRIMARY KEY NOT NULL, applied_at INTEGER NOT NULL
                )
                """)
        let done = try applied(db)
        let missing = steps.filter { !done.contains($0.name) }
        for step in missing {
            try step.apply(db)
            try db.execute(
                sql: "INSERT INTO remotisan_migrations (name, applied_at) VALUES (?, ?)",
                arguments: [step.name, Clock.seconds()])
        }
        return missing.map(\.name)
    }

    private static func applied(_ db: Database) throws -> Set<String> {
        guard try db.tableExists("remotisan_migrations") else { return [] }
        return try String.fetchSet(db, sql: "SELECT name FROM remotisan_migrations")
    }

    /// A table that the original made stays as it stands.
    private static func createOriginal(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS remotisan_executions (
                    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
                    job_uuid VARCHAR NOT NULL UNIQUE,
                    server_uuid VARCHAR NOT NULL,
                    user_identifier VARCHAR,
                    command VARCHAR NOT NULL,
                    parameters VARCHAR(1000) NOT NULL DEFAULT '',
                    executed_at INTEGER NOT NULL,
                    finished_at INTEGER DEFAULT 0,
                    process_status INTEGER NOT NULL,
                    killed_by VARCHAR,
                    intended_to_kill_by VARCHAR
                );
                CREATE INDEX IF NOT EXISTS remotisan_by_start ON remotisan_executions (executed_at);
                CREATE INDEX IF NOT EXISTS remotisan_by_user ON remotisan_executions (user_identifier, executed_at);
                CREATE INDEX IF NOT EXISTS remotisan_by_command ON remotisan_executions (command, executed_at);
                CREATE INDEX IF NOT EXISTS remotisan_running ON remotisan_executions (server_uuid)
                    WHERE process_status = 1;
                """)
    }

    private static func addEnding(_ db: Database) throws {
        let present = Set(try db.columns(in: "remotisan_executions").map(\.name))
        let columns = [
            ("exit_code", "INTEGER"), ("signal", "INTEGER"), ("reason", "TEXT"), ("cpu_ms", "INTEGER"),
            ("peak_memory", "INTEGER"), ("left_behind", "INTEGER"), ("log_bytes", "INTEGER"),
        ]
        for (name, type) in columns where !present.contains(name) {
            try db.execute(sql: "ALTER TABLE remotisan_executions ADD COLUMN \(name) \(type)")
        }
    }

    private static func createOwn(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE remotisan_refusals (
                    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
                    user_identifier TEXT NOT NULL,
                    command TEXT NOT NULL,
                    parameters TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    refused_at INTEGER NOT NULL
                );
                CREATE TABLE remotisan_tokens (
                    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
                    hash TEXT NOT NULL UNIQUE,
                    name TEXT NOT NULL,
                    user_identifier TEXT NOT NULL,
                    roles TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER
                );
                """)
    }

    /// What runs, or was killed, is found among a million that did neither.
    private static func createStatusIndex(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX IF NOT EXISTS remotisan_by_status ON remotisan_executions (process_status, executed_at)
                """)
    }

    /// Who shares this audit; and what of theirs was closed as lost, which each looks for every few seconds.
    private static func createInstances(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE remotisan_instances (
                    server_uuid TEXT PRIMARY KEY NOT NULL,
                    name TEXT NOT NULL,
                    version TEXT NOT NULL,
                    address TEXT,
                    first_seen INTEGER NOT NULL,
                    last_seen INTEGER NOT NULL
                );
                CREATE INDEX remotisan_closed ON remotisan_executions (server_uuid)
                    WHERE process_status = 3 AND substr(reason, 1, 15) = 'lost: instance ';
                """)
    }

    /// When it was asked for what had to wait; and who waits, which every look of a broker asks for.
    private static func addQueue(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_executions ADD COLUMN queued_at INTEGER;
                CREATE INDEX remotisan_queued ON remotisan_executions (command, server_uuid) WHERE process_status = 5;
                """)
    }

    /// After how much silence each counts as gone.
    private static func addSilence(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE remotisan_instances ADD COLUMN gone_after INTEGER NOT NULL DEFAULT 150")
    }

    /// How many executions there are of each user, command and status: the totals of the history without a scan.
    /// Triggers keep it, so it is right whoever writes to the table.
    private static func createCounts(_ db: Database) throws {
        func add(_ row: String, _ number: Int) -> String {
            """
            INSERT INTO remotisan_counts (user_identifier, command, process_status, executions)
            VALUES (ifnull(\(row).user_identifier, ''), \(row).command, \(row).process_status, \(number))
            ON CONFLICT DO UPDATE SET executions = executions + \(number);
            """
        }
        try db.execute(
            sql: """
                CREATE TABLE remotisan_counts (
                    user_identifier TEXT NOT NULL,
                    command TEXT NOT NULL,
                    process_status INTEGER NOT NULL,
                    executions INTEGER NOT NULL,
                    PRIMARY KEY (user_identifier, command, process_status)
                ) WITHOUT ROWID;
                INSERT INTO remotisan_counts
                    SELECT ifnull(user_identifier, ''), command, process_status, count(*)
                    FROM remotisan_executions GROUP BY 1, 2, 3;
                CREATE TRIGGER remotisan_count_insert AFTER INSERT ON remotisan_executions BEGIN
                    \(add("NEW", 1))
                END;
                CREATE TRIGGER remotisan_count_delete AFTER DELETE ON remotisan_executions BEGIN
                    \(add("OLD", -1))
                END;
                CREATE TRIGGER remotisan_count_update
                AFTER UPDATE OF user_identifier, command, process_status ON remotisan_executions BEGIN
                    \(add("OLD", -1))
                    \(add("NEW", 1))
                END;
                """)
    }
}
