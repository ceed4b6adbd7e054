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
        .init("16 an index by parameters", apply: indexParameters),
        .init("17 an index by API token", apply: indexTokens),
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
}
