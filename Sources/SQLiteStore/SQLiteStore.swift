import Core
import Foundation
import GRDB
import Glibc

/// The audit in one file of the storage.
package final class SQLiteStore: Sendable {
    /// Seconds to wait for another's lock.
    private static let patience: Int64 = 10

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
            let writer = try Self.open(path, configuration)
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

    /// Several reads of one moment.
    func readSnapshot<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try read { db in
            var value: Value?
            try db.inTransaction(.deferred) {
                value = try body(db)
                return .commit
            }
            guard let value else { throw DatabaseError(message: "a read without a value") }
            return value
        }
    }

    /// Writes in one transaction; others wait.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating { try writer.write(body) }
    }

    private func openReader() throws -> DatabaseQueue {
        var configuration = Self.configuration
        configuration.readonly = true
        return try Self.open(path, configuration)
    }

    /// Opens the file, however many do so at once.
    ///
    /// Whoever opens it first, and whoever comes after the last has closed it, makes the write-ahead log. SQLite does
    /// not wait for its locks in that (it could be a deadlock, sqlite3_busy_handler), so this does.
    private static func open(_ path: String, _ configuration: GRDB.Configuration) throws -> DatabaseQueue {
        let deadline = Clock.boottimeMilliseconds() + Self.patience * 1000
        while true {
            do {
                return try DatabaseQueue(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard Clock.boottimeMilliseconds() < deadline else { throw error }
                usleep(UInt32.random(in: 1000...10_000))
            }
        }
    }

    private static var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "remotisan"
        // Several processes write: the responder, settling supervisors, the broker.
        configuration.busyMode = .timeout(TimeInterval(Self.patience))
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
