import GRDB
import GRDBSQLite

extension Database {
    /// Keeps the write-ahead log and its index when the last connection is closed, and empties the log then
    /// (SQLITE_FCNTL_PERSIST_WAL of sqlite3_file_control).
    ///
    /// SQLite would remove them by their names. If the database was replaced meanwhile, these names are those of the
    /// new database, whose last changes would be lost.
    func keepLog() throws {
        var isKept: CInt = 1
        let result = sqlite3_file_control(sqliteConnection, "main", SQLITE_FCNTL_PERSIST_WAL, &isKept)
        guard result == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
        try execute(sql: "PRAGMA journal_size_limit = 4194304")
    }
}
