import Core
import Foundation
import GRDB
import Glibc
import SQLStore

/// The content of a database file, for a move to another kind of store.
package struct SQLiteContent: StoreContent {
    private let path: String
    /// Whether the file belongs to another program.
    private let isReadOnly: Bool

    /// Memory for pages of the file, in KiB. Rows are inserted in the order of one index and in random order of the
    /// others, which would write each page many times without it.
    private static let cache = 65536

    package init(path: String, isReadOnly: Bool = false) {
        self.path = path
        self.isReadOnly = isReadOnly
    }

    package func rowCounts() throws(StoreError) -> [String: Int64] {
        guard access(path, F_OK) == 0 else { return [:] }
        return try read { db in
            var counts: [String: Int64] = [:]
            for table in Tables.moved where try db.tableExists(table.name) {
                counts[table.name] = try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(table.name)")
            }
            return counts
        }
    }

    package func movedTo() throws(StoreError) -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        return MovedMark.place(in: try read { try Migrations.applied($0) })
    }

    package func requireUnused() {}

    package func change<Value>(_ body: (any StoreTransaction) throws -> Value) throws -> Value {
        let queue = try SQLiteStore.translating { try DatabaseQueue(path: path, configuration: configuration) }
        defer { try? queue.close() }
        do {
            return try queue.writeWithoutTransaction { db in
                if !isReadOnly { try db.execute(sql: "PRAGMA synchronous = FULL") }
                var value: Value?
                try db.inTransaction(isReadOnly ? .deferred : .immediate) {
                    value = try body(SQLiteTransaction(db: db))
                    return .commit
                }
                guard let value else { throw StoreError.broken("a transaction without a value") }
                return value
            }
        } catch let error as DatabaseError {
            try SQLiteStore.translating { throw error }
            throw error
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try SQLiteStore.translating {
            var configuration = configuration
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read(body)
        }
    }

    private var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(10)
        let isForeign = isReadOnly
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(Self.cache)")
            // A program that is not ours may not expect a write-ahead log beside its database.
            if !isForeign { try db.keepLog() }
        }
        return configuration
    }
}

/// A transaction on a database file.
private struct SQLiteTransaction: StoreTransaction {
    let db: Database

    func tables() throws -> [StoreTable] {
        try Tables.moved.compactMap { table in
            guard try db.tableExists(table.name) else { return nil }
            let columns = try db.columns(in: table.name).map { column in
                // SQLite's manual, Datatypes, 3.1: such a column has integer affinity.
                StoreTable.Column(name: column.name, isInteger: column.type.uppercased().contains("INT"))
            }
            return Tables.table(table, columns: columns)
        }
    }

    func count(_ table: StoreTable) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT count(*) FROM \(table.name)") ?? 0
    }

    func forEachRow(of table: StoreTable, _ body: ([StoreValue]) throws -> Void) throws {
        let cursor = try Row.fetchCursor(
            db, sql: "SELECT \(names(table)) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "))")
        while let row = try cursor.next() {
            try body((0..<table.columns.count).map { Self.value(row[$0]) })
        }
    }

    private static func value(_ value: DatabaseValue) -> StoreValue {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .double(let number): .text("\(number)")
        case .string(let text): StoreValue(text: text)
        case .blob(let data): StoreValue(text: String(decoding: data, as: UTF8.self))
        }
    }

    func present(_ values: [String], in column: String, of table: StoreTable) throws -> Set<String> {
        let statement = try db.cachedStatement(sql: "SELECT 1 FROM \(table.name) WHERE \(column) = ?")
        return Set(try values.filter { try Int.fetchOne(statement, arguments: [$0]) != nil })
    }

    /// A broker fills the index of searches later.
    func dropSlowIndexes() {}

    func insert(_ rows: [[StoreValue]], into table: StoreTable) throws {
        let places = table.columns.map { _ in "?" }.joined(separator: ", ")
        let statement = try db.cachedStatement(
            sql: "INSERT INTO \(table.name) (\(names(table))) VALUES (\(places))")
        for row in rows {
            try statement.execute(arguments: StatementArguments(row.map { $0.databaseValue }))
        }
    }

    func lastNumber(of table: StoreTable) throws -> Int64 {
        let largest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM \(table.name)") ?? 0
        // The table does not exist in a database without AUTOINCREMENT.
        guard try db.tableExists("sqlite_sequence") else { return largest }
        let known = try Int64.fetchOne(
            db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table.name])
        return max(largest, known ?? 0)
    }

    func setLastNumber(_ number: Int64, of table: StoreTable) throws {
        guard number > 0, try db.tableExists("sqlite_sequence") else { return }
        try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = ?", arguments: [table.name])
        try db.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", arguments: [table.name, number])
    }

    /// Queries of the history name their indexes.
    func analyze() {}

    /// The triggers stop a program that has read the migrations before and waits for the lock.
    func setMoved(to place: String?) throws {
        try db.execute(sql: "DELETE FROM remotisan_migrations WHERE \(MovedMark.condition)")
        for table in Tables.moved {
            let trigger = MovedMark.trigger(on: table.name)
            try db.execute(sql: "DROP TRIGGER IF EXISTS \(trigger)")
            guard place != nil else { continue }
            try db.execute(
                sql: """
                    CREATE TRIGGER \(trigger) BEFORE INSERT ON \(table.name)
                    BEGIN SELECT raise(ABORT, '\(MovedMark.reason)'); END
                    """)
        }
        guard let place else { return }
        try db.execute(
            literal: """
                INSERT INTO remotisan_migrations (name, applied_at)
                VALUES (\(MovedMark.name(for: place)), \(Clock.seconds()))
                """)
    }

    private func names(_ table: StoreTable) -> String { table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ") }
}

extension StoreValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
