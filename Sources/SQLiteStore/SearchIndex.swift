import Core
import GRDB
import SQLStore

/// The trigrams of the texts and UUIDs of executions (https://www.sqlite.org/fts5.html, 4.3.4), for searches without a
/// scan.
///
/// A start must not cost more, so a broker adds executions later, many at once. A search reads the later ones
/// themselves. The tables hold no texts, only where each trigram occurs.
struct SearchIndex {
    /// The largest number of an execution in the index.
    let indexed: Int64

    /// Most executions that are added in one transaction. Writers wait for it.
    private static let batch = 1000
    /// Executions that are added between two readings of the clock.
    static let step = 50

    private init(indexed: Int64) {
        self.indexed = indexed
    }

    /// The index of a database; nil if it has none, or if this SQLite cannot read it.
    init?(in db: Database) throws {
        guard try Self.exists(in: db), try Self.isSupported(by: db),
            let indexed = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT indexed FROM remotisan_search"))
        else { return nil }
        self.indexed = indexed
    }

    private static func exists(in db: Database) throws -> Bool {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'remotisan_search'"))
            != nil
    }

    private static func isSupported(by db: Database) throws -> Bool {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'")) != nil
    }

    /// Creates an empty index. Without FTS5 or its trigrams (SQLite 3.34) there is none, and searches read all rows.
    ///
    /// Triggers remove executions, so that nothing is left of a purged one, and index again those that another program
    /// has changed. The text in the index must be the one that is removed from it.
    static func createIfPossible(in db: Database) throws {
        guard try !exists(in: db), try isSupported(by: db) else { return }
        do {
            try db.inSavepoint {
                try db.execute(
                    sql: """
                        CREATE VIRTUAL TABLE remotisan_search_texts USING fts5 (
                            value, content = '', columnsize = 0, tokenize = 'trigram case_sensitive 1'
                        );
                        CREATE VIRTUAL TABLE remotisan_search_uuids USING fts5 (
                            value, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
                        );
                        CREATE TABLE remotisan_search (indexed INTEGER NOT NULL);
                        INSERT INTO remotisan_search VALUES (0);
                        """)
                try createTriggers(in: db)
                return .commit
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // An FTS5 without trigrams.
        }
    }

    private static func createTriggers(in db: Database) throws {
        func statements(_ row: String, isRemoved: Bool) -> String {
            [("texts", text(of: row)), ("uuids", uuid(of: row))].map { table, value in
                let name = "remotisan_search_\(table)"
                return isRemoved
                    ? "INSERT INTO \(name) (\(name), rowid, value) VALUES ('delete', \(row).id, \(value));"
                    : "INSERT INTO \(name) (rowid, value) VALUES (\(row).id, \(value));"
            }.joined(separator: "\n")
        }
        func isIndexed(_ row: String) -> String { "\(row).id <= (SELECT indexed FROM remotisan_search)" }
        try db.execute(
            sql: """
                CREATE TRIGGER remotisan_search_insert AFTER INSERT ON remotisan_executions WHEN \(isIndexed("NEW")) BEGIN
                    \(statements("NEW", isRemoved: false))
                END;
                CREATE TRIGGER remotisan_search_delete AFTER DELETE ON remotisan_executions WHEN \(isIndexed("OLD")) BEGIN
                    \(statements("OLD", isRemoved: true))
                END;
                CREATE TRIGGER remotisan_search_forget AFTER UPDATE OF id, job_uuid, command, parameters
                ON remotisan_executions WHEN \(isIndexed("OLD")) BEGIN
                    \(statements("OLD", isRemoved: true))
                END;
                CREATE TRIGGER remotisan_search_update AFTER UPDATE OF id, job_uuid, command, parameters
                ON remotisan_executions WHEN \(isIndexed("NEW")) BEGIN
                    \(statements("NEW", isRemoved: false))
                END;
                """)
    }

    /// The text of a row that is searched. Only ASCII letters lose their case, as in LIKE.
    private static func text(of row: String) -> String {
        "lower(\(row).command || ' ' || ifnull(\(row).parameters, ''))"
    }

    private static func uuid(of row: String) -> String { "lower(\(row).job_uuid)" }

    /// Number of executions that are not in the index.
    func missing(in db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM remotisan_executions WHERE id > ?"), arguments: [indexed])
            ?? 0
    }

    /// Whether at least so many executions are not in the index.
    func isMissing(atLeast count: Int, in db: Database) throws -> Bool {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT 1 FROM remotisan_executions WHERE id > ? LIMIT 1 OFFSET ?"),
            arguments: [indexed, max(count, 1) - 1]) != nil
    }

    /// Adds the oldest executions that are missing.
    ///
    /// - Parameter milliseconds: Ends after the step in which this much time is over. The commit takes as long again.
    /// - Returns: The index as it is then.
    func addMissing(in db: Database, within milliseconds: Int64) throws -> SearchIndex {
        let begun = Clock.boottimeMilliseconds()
        var index = self
        for _ in 0..<(Self.batch / Self.step) {
            guard let next = try index.addStep(in: db) else { break }
            index = next
            if Clock.boottimeMilliseconds() - begun >= milliseconds { break }
        }
        try db.cachedStatement(sql: "UPDATE remotisan_search SET indexed = ?").execute(arguments: [index.indexed])
        return index
    }

    /// - Returns: The index with the executions of one more step; nil if none is missing.
    private func addStep(in db: Database) throws -> SearchIndex? {
        let last = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(id) FROM (SELECT id FROM remotisan_executions WHERE id > ? ORDER BY id LIMIT ?)
                    """), arguments: [indexed, Self.step])
        guard let last else { return nil }
        for (table, value) in [("texts", Self.text(of: "e")), ("uuids", Self.uuid(of: "e"))] {
            try db.cachedStatement(
                sql: """
                    INSERT INTO remotisan_search_\(table) (rowid, value)
                    SELECT id, \(value) FROM remotisan_executions AS e WHERE id > ? AND id <= ? ORDER BY id
                    """
            ).execute(arguments: [indexed, last])
        }
        return SearchIndex(indexed: last)
    }
}
