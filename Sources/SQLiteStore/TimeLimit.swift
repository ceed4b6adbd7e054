import Core
import GRDB
import GRDBSQLite

/// Interrupts the statements of a connection after some time; sqlite3_progress_handler.
///
/// SQLite then fails with SQLITE_INTERRUPT.
final class TimeLimit {
    private let connection: OpaquePointer?
    private let deadline: Int64
    /// Instructions of SQLite's virtual machine between two readings of the clock: about 0.1 ms.
    private static let instructions: Int32 = 10_000

    /// Begins to limit.
    init(on db: Database, milliseconds: Int64) {
        connection = db.sqliteConnection
        deadline = Clock.boottimeMilliseconds() + milliseconds
        // Unretained: `end` removes it before this object goes.
        sqlite3_progress_handler(
            connection, Self.instructions,
            { pointer in
                guard let pointer else { return 0 }
                let limit = Unmanaged<TimeLimit>.fromOpaque(pointer).takeUnretainedValue()
                return Clock.boottimeMilliseconds() >= limit.deadline ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Ends the limit. Call it once, before the connection does something else.
    func end() {
        sqlite3_progress_handler(connection, 0, nil, nil)
    }
}
