import Core
import GRDB

/// The steps that change the table of executions.
extension Migrations {
    /// The original's table. A table that the original made stays as it is.
    static func createOriginal(_ db: Database) throws {
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
                    WHERE \(Status.running.condition);
                """)
    }

    static func addEnding(_ db: Database) throws {
        let present = Set(try db.columns(in: "remotisan_executions").map(\.name))
        let columns = [
            ("exit_code", "INTEGER"), ("signal", "INTEGER"), ("reason", "TEXT"), ("cpu_ms", "INTEGER"),
            ("peak_memory", "INTEGER"), ("left_behind", "INTEGER"), ("log_bytes", "INTEGER"),
        ]
        for (name, type) in columns where !present.contains(name) {
            try db.execute(sql: "ALTER TABLE remotisan_executions ADD COLUMN \(name) \(type)")
        }
    }

    /// Finds the running or killed executions among a million others.
    static func createStatusIndex(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX IF NOT EXISTS remotisan_by_status ON remotisan_executions (process_status, executed_at)
                """)
    }

    /// The time at which an execution was queued, and an index of queued executions, which every broker pass searches.
    static func addQueue(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_executions ADD COLUMN queued_at INTEGER;
                CREATE INDEX remotisan_queued ON remotisan_executions (command, server_uuid) WHERE \(Status.queued.condition);
                """)
    }

    /// Facts that were only in the wording of other columns before.
    static func addCauses(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_executions ADD COLUMN timed_out INTEGER;
                ALTER TABLE remotisan_executions ADD COLUMN lost INTEGER;
                ALTER TABLE remotisan_executions ADD COLUMN closed_by TEXT;
                UPDATE remotisan_executions SET timed_out = 1 WHERE intended_to_kill_by = 'timeout';
                UPDATE remotisan_executions SET lost = 1 WHERE \(Status.failed.condition) AND reason = 'lost';
                UPDATE remotisan_executions
                    SET lost = 1, closed_by = substr(reason, instr(reason, ' is gone, closed by ') + 20)
                    WHERE \(Status.failed.condition) AND substr(reason, 1, 15) = 'lost: instance ';
                DROP INDEX remotisan_closed;
                CREATE INDEX remotisan_closed ON remotisan_executions (server_uuid) WHERE closed_by IS NOT NULL;
                """)
    }

    /// Whether the store had lost the execution, and has it back from the files of its job.
    static func addRestored(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE remotisan_executions ADD COLUMN restored INTEGER")
    }

    /// An index of texts and UUIDs, which brokers fill, and one of durations.
    static func addFastHistory(_ db: Database) throws {
        try SearchIndex.createIfPossible(in: db)
        try DurationOrder.createIndexes(in: db)
    }

    /// The number of executions by user, command and status, for totals of the history without a scan. Triggers update
    /// it, so that it is right whichever program writes to the table.
    static func createCounts(_ db: Database) throws {
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

    /// An order by command and parameters. An index of a million rows takes a second or two.
    static func indexParameters(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX remotisan_by_parameters ON remotisan_executions (command, parameters, executed_at)
                """)
    }

    /// The executions that API tokens have started. A start by a person writes nothing to it.
    static func indexTokens(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX remotisan_by_token ON remotisan_executions (token_id, executed_at)
                    WHERE token_id IS NOT NULL
                """)
    }
}
