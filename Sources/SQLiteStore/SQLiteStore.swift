import Core
import GRDB

/// The audit in one file of the storage.
package final class SQLiteStore: Sendable {
    private let path: String
    private let writer: DatabaseQueue
    /// Every thread's own connection to read with.
    private let readers: ThreadLocal<DatabaseQueue>

    /// Opens a database, creating it if need be.
    ///
    /// - Throws: ``StoreError``.
    package init(path: String) throws {
        guard let readers = ThreadLocal<DatabaseQueue>() else {
            throw StoreError.unavailable("the process has no room for the connections of its threads")
        }
        self.readers = readers
        self.path = path
        writer = try Self.translating {
            var configuration = Self.configuration
            configuration.journalMode = .wal
            let writer = try DatabaseQueue(path: path, configuration: configuration)
            // GRDB leaves write-ahead logging at NORMAL, where a power cut takes the last commits along. An audit
            // that can be thinned out so is none.
            try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return writer
        }
    }

    /// Brings the tables up to date; quick if they are.
    ///
    /// - Returns: Names of the migrations that this call applied.
    /// - Throws: ``StoreError``.
    @discardableResult
    package func migrate() throws -> [String] {
        if try read({ try Migrations.areComplete($0) }) { return [] }
        return try write { try Migrations.apply(to: $0) }
    }

    /// Reads, beside others and beside a writer.
    ///
    /// Each thread has a connection of its own. GRDB's pool hands connections out through a queue, where eight threads
    /// mostly wait; even a lock around a list of them costs a tenth of all polls.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating {
            try readers.value(openReader).unsafeRead(body)
        }
    }

    /// Writes in one transaction; others wait.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating { try writer.write(body) }
    }

    private func openReader() throws -> DatabaseQueue {
        var configuration = Self.configuration
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "remotisan"
        // Several processes write: the responder, settling supervisors, the broker.
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // A connection a thread: 2 MiB of pages for each, SQLite's default, would be most of our memory.
            try db.execute(sql: "PRAGMA cache_size = -256")
        }
        return configuration
    }

    private static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let detail = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY,
                .SQLITE_NOMEM, .SQLITE_PROTOCOL:
                throw StoreError.unavailable(detail)
            default:
                throw StoreError.broken(detail)
            }
        }
    }
}
