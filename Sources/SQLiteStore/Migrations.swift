import Core
import GRDB
import SQLStore

/// The migrations of the SQLite store.
enum Migrations {
    static let plan = MigrationPlan<Database, any Error>([
        .init("1 the original's table", apply: createOriginal),
        .init("2 facts of an end", apply: addEnding),
        .init("3 refused attempts and tokens", apply: createOwn),
        .init("4 counts", apply: createCounts),
        .init("5 an index by status", apply: createStatusIndex),
        .init("6 instances", apply: createInstances),
        .init("7 executions that wait", apply: addQueue),
        .init("8 when an instance is gone", apply: addGoneAfter),
        .init("9 causes of an end", apply: addCauses),
        .init("10 tokens in the audit and idempotency keys", apply: addTokenFacts),
        .init("11 places of instances", apply: addPlaces),
        .init("12 executions that were restored from files", apply: addRestored),
        .init("13 the audit", apply: createAudit),
        .init("14 searches and durations", apply: addFastHistory),
        .init("15 favourites and presets", apply: createPersonal),
    ])

    /// Applies the missing migrations.
    ///
    /// The caller holds an immediate transaction. Of two processes that start at once, one waits and then finds
    /// everything applied.
    ///
    /// - Returns: Names of the migrations that this call applied.
    static func apply(to db: Database) throws -> [String] {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS remotisan_migrations (
                    name TEXT PRIMARY KEY NOT NULL, applied_at INTEGER NOT NULL
                )
                """)
        return try plan.apply(to: db, applied: applied(db)) { name in
            try db.execute(
                literal: "INSERT INTO remotisan_migrations (name, applied_at) VALUES (\(name), \(Clock.seconds()))")
        }
    }

    /// Names of the migrations that have been applied.
    static func applied(_ db: Database) throws -> Set<String> {
        // Not `tableExists`: GRDB remembers for a connection that a table was missing, and other connections create it.
        let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'remotisan_migrations'"
        guard try Int.fetchOne(db, sql: table) != nil else { return [] }
        return try String.fetchSet(db, sql: "SELECT name FROM remotisan_migrations")
    }

    /// The audit. The triggers keep programs from changing it by mistake; who owns the file can remove them. Entries are
    /// removed only if a later one says so.
    private static func createAudit(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE remotisan_audit (
                    server_uuid TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    event TEXT NOT NULL,
                    subject TEXT,
                    user_identifier TEXT,
                    means TEXT NOT NULL,
                    address TEXT,
                    token_id INTEGER,
                    details TEXT NOT NULL,
                    previous TEXT NOT NULL,
                    hash TEXT NOT NULL,
                    PRIMARY KEY (server_uuid, number)
                ) WITHOUT ROWID;
                CREATE INDEX remotisan_audit_configuration ON remotisan_audit (server_uuid, number)
                    WHERE event = 'configuration_changed';
                CREATE TRIGGER remotisan_audit_update BEFORE UPDATE ON remotisan_audit BEGIN
                    SELECT raise(ABORT, 'entries of the audit cannot be changed');
                END;
                CREATE TRIGGER remotisan_audit_delete BEFORE DELETE ON remotisan_audit
                WHEN NOT EXISTS (
                    SELECT 1 FROM remotisan_audit
                    WHERE server_uuid = OLD.server_uuid AND number = (
                        SELECT max(number) FROM remotisan_audit WHERE server_uuid = OLD.server_uuid
                    ) AND event = 'audit_purged' AND CAST(subject AS INTEGER) >= OLD.number
                ) BEGIN
                    SELECT raise(ABORT, 'entries of the audit cannot be removed');
                END;
                """)
    }

    /// Favourite commands and presets of parameters.
    private static func createPersonal(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE remotisan_favourites (
                    user_identifier TEXT NOT NULL,
                    command TEXT NOT NULL,
                    added_at INTEGER NOT NULL,
                    PRIMARY KEY (user_identifier, command)
                ) WITHOUT ROWID;
                CREATE TABLE remotisan_presets (
                    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
                    user_identifier TEXT NOT NULL,
                    shared INTEGER NOT NULL,
                    command TEXT NOT NULL,
                    name TEXT NOT NULL,
                    params TEXT NOT NULL,
                    saved_at INTEGER NOT NULL,
                    UNIQUE (user_identifier, command, name)
                );
                CREATE INDEX remotisan_shared_presets ON remotisan_presets (shared) WHERE shared = 1;
                """)
    }

    /// The original's table. A table that the original made stays as it is.
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
                    WHERE \(Status.running.condition);
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

    /// Finds the running or killed executions among a million others.
    private static func createStatusIndex(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX IF NOT EXISTS remotisan_by_status ON remotisan_executions (process_status, executed_at)
                """)
    }

    /// The registry of instances, and an index of closed executions, which each instance searches every few seconds.
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
                    WHERE \(Status.failed.condition) AND substr(reason, 1, 15) = 'lost: instance ';
                """)
    }

    /// The time at which an execution was queued, and an index of queued executions, which every broker pass searches.
    private static func addQueue(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_executions ADD COLUMN queued_at INTEGER;
                CREATE INDEX remotisan_queued ON remotisan_executions (command, server_uuid) WHERE \(Status.queued.condition);
                """)
    }

    /// The silence after which an instance counts as gone, in seconds.
    private static func addGoneAfter(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE remotisan_instances ADD COLUMN gone_after INTEGER NOT NULL DEFAULT 150")
    }

    /// Facts that were only in the wording of other columns before.
    private static func addCauses(_ db: Database) throws {
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

    /// The tokens of executions and refused attempts, more facts about tokens, and the keys of repeated requests.
    private static func addTokenFacts(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_executions ADD COLUMN token_id INTEGER;
                ALTER TABLE remotisan_executions ADD COLUMN token_name TEXT;
                ALTER TABLE remotisan_executions ADD COLUMN kill_token_id INTEGER;
                ALTER TABLE remotisan_refusals ADD COLUMN token_id INTEGER;
                ALTER TABLE remotisan_refusals ADD COLUMN token_name TEXT;
                ALTER TABLE remotisan_tokens ADD COLUMN super_user INTEGER;
                ALTER TABLE remotisan_tokens ADD COLUMN last_used_at INTEGER;
                CREATE TABLE remotisan_idempotency_keys (
                    key_hash TEXT PRIMARY KEY NOT NULL,
                    body_hash TEXT NOT NULL,
                    job_uuid TEXT NOT NULL,
                    ahead INTEGER,
                    server_uuid TEXT NOT NULL,
                    boot_id TEXT NOT NULL,
                    boot_seconds INTEGER NOT NULL,
                    created_at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX remotisan_old_idempotency_keys ON remotisan_idempotency_keys (created_at);
                """)
    }

    /// Where an instance lives, and its clock at the registration, so that copies of a storage are detected.
    private static func addPlaces(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_instances ADD COLUMN place TEXT;
                ALTER TABLE remotisan_instances ADD COLUMN clock_offset INTEGER;
                """)
    }

    /// Whether the store had lost the execution, and has it back from the files of its job.
    private static func addRestored(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE remotisan_executions ADD COLUMN restored INTEGER")
    }

    /// An index of texts and UUIDs, which brokers fill, and one of durations.
    private static func addFastHistory(_ db: Database) throws {
        try SearchIndex.createIfPossible(in: db)
        try DurationOrder.createIndexes(in: db)
    }

    /// The number of executions by user, command and status, for totals of the history without a scan. Triggers update
    /// it, so that it is right whichever program writes to the table.
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
