import Core
import GRDB
import TestSupport

@testable import SQLiteStore

/// An empty store for one test.
struct TemporaryStore {
    let directory: TemporaryDirectory
    let store: SQLiteStore
    var path: String { directory.path + "/remotisan.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.path + "/remotisan.sqlite")
        try store.migrate()
    }

    /// Inserts executions.
    ///
    /// - Parameters:
    ///   - uuidNumber: An SQL expression for the first number of a UUID. `i` is the number of the row, from 1.
    ///   - columns: SQL expressions for the columns from the user on.
    func fill(rows: Int, of server: String, uuidNumber: String, columns: String) throws {
        try store.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO remotisan_executions
                        (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at,
                         process_status)
                    SELECT printf('%08x-0000-4000-8000-%012x', \(uuidNumber), i), ?, \(columns)
                    FROM n
                    """, arguments: [rows, server])
        }
    }
}
