import Core
import GRDB
import SQLStore
import Testing

@testable import SQLiteStore

struct TableListTests {
    @Test func `every table of the migrations is moved or derived, and is moved by its key`() throws {
        let temporary = try TemporaryStore()
        let (tables, keys) = try temporary.store.read { db in
            let tables = try String.fetchSet(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'remotisan%'")
            let keys = try Tables.moved.map { try db.primaryKey($0.name).columns }
            return (tables, keys)
        }
        // The index of searches, which a broker fills.
        let own = tables.filter { $0.hasPrefix("remotisan_search") }
        #expect(tables.subtracting(own) == Set(Tables.names))
        #expect(keys == Tables.moved.map(\.key))
    }
}
