import Core
import GRDB

/// The steps that make the other tables.
extension Migrations {
    static func createOwn(_ db: Database) throws {
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

    /// The registry of instances, and an index of closed executions, which each instance searches every few seconds.
    static func createInstances(_ db: Database) throws {
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

    /// The silence after which an instance counts as gone, in seconds.
    static func addGoneAfter(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE remotisan_instances ADD COLUMN gone_after INTEGER NOT NULL DEFAULT 150")
    }

    /// The tokens of executions and refused attempts, more facts about tokens, and the keys of repeated requests.
    static func addTokenFacts(_ db: Database) throws {
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
    static func addPlaces(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE remotisan_instances ADD COLUMN place TEXT;
                ALTER TABLE remotisan_instances ADD COLUMN clock_offset INTEGER;
                """)
    }

    /// The audit. The triggers keep programs from changing it by mistake; who owns the file can remove them. Entries are
    /// removed only if a later one says so.
    static func createAudit(_ db: Database) throws {
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
    static func createPersonal(_ db: Database) throws {
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
}
