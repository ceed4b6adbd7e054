import Core
import GRDB
import GRDBSQLite
import TestSupport
import Testing

@testable import SQLiteStore

struct HistoryWorkTests {
    @Test func `no query of the history reads or sorts all executions`() throws {
        let temporary = try TemporaryStore()
        try temporary.fill(
            rows: HistoryWork.rows, of: "s", uuidNumber: HistoryWork.uuidNumber, columns: HistoryWork.columns)
        while try temporary.store.indexSearch(atLeast: 1) {}
        try HistoryWork.check(HistoryWork.cases, stepsPerRow: 40) { try Self.measure($0, in: temporary.store) }
        try temporary.store.write { db in
            try db.execute(
                sql: """
                    UPDATE remotisan_executions SET server_uuid = \(HistoryWork.instance(ofRow: "id")),
                        token_id = \(HistoryWork.token(ofRow: "id"))
                    """)
        }
        try HistoryWork.check(HistoryWork.detailCases, stepsPerRow: 40) { try Self.measure($0, in: temporary.store) }
    }

    @Test func `a page is the same in the forms for few and for many rows`() throws {
        let temporary = try TemporaryStore()
        try HistoryForms.check(temporary.store) {
            try temporary.store.history($0, limits: .init(fewRows: 0, inOrder: 10_000), fewCandidates: 0)
        }
    }

    @Test func `a filter by running time leaves no prepared statement for each second`() throws {
        let temporary = try TemporaryStore()
        try temporary.fill(rows: 100, of: "s", uuidNumber: HistoryWork.uuidNumber, columns: HistoryWork.columns)
        func page(at second: Int64) throws -> Int {
            var query = HistoryQuery(visibility: .everything)
            query.duration = HistoryQuery.DurationFilter(least: 60, most: nil, now: 1_790_000_000 + second)
            try #expect(!temporary.store.history(query).rows.isEmpty)
            return try temporary.store.read { Self.statements(of: $0) }
        }
        let first = try page(at: 0)
        for second: Int64 in 1...20 { #expect(try page(at: second) == first) }
    }

    /// The number of prepared statements of a connection (sqlite3_next_stmt).
    private static func statements(of db: Database) -> Int {
        var (count, statement) = (0, sqlite3_next_stmt(db.sqliteConnection, nil))
        while let current = statement {
            count += 1
            statement = sqlite3_next_stmt(db.sqliteConnection, current)
        }
        return count
    }

    /// The instructions of SQLite's virtual machine that a page takes (SQLITE_STMTSTATUS_VM_STEP). Each row that is
    /// read or sorted takes several.
    private static func measure(
        _ query: HistoryQuery, in store: SQLiteStore
    ) throws -> (page: HistoryPage, steps: Int) {
        let counter = Counter()
        // The store uses the same connection again, because this is the same thread.
        try store.read { db in counter.begin(on: db) }
        let page = try store.history(query, limits: .init(fewRows: 1000), fewCandidates: 1000)
        try store.read { db in counter.end(on: db) }
        return (page, counter.steps)
    }

    /// Adds up the instructions of all statements of a connection (sqlite3_trace_v2).
    private final class Counter {
        private(set) var steps = 0

        func begin(on db: Database) {
            sqlite3_trace_v2(
                db.sqliteConnection, UInt32(SQLITE_TRACE_PROFILE),
                { _, counter, statement, _ in
                    guard let counter, let statement else { return 0 }
                    let steps = sqlite3_stmt_status(OpaquePointer(statement), SQLITE_STMTSTATUS_VM_STEP, 1)
                    Unmanaged<Counter>.fromOpaque(counter).takeUnretainedValue().steps += Int(steps)
                    return 0
                }, Unmanaged.passUnretained(self).toOpaque())
        }

        func end(on db: Database) {
            sqlite3_trace_v2(db.sqliteConnection, 0, nil, nil)
        }
    }
}
