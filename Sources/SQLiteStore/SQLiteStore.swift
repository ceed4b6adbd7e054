import Core
import Foundation
import GRDB
import Glibc
import SQLStore

/// The store in one SQLite file of the storage.
package final class SQLiteStore: Sendable {
    /// Seconds to wait for another connection's lock.
    private static let lockTimeout: Int64 = 10

    private let path: String
    private let writer: DatabaseQueue
    /// One connection per thread, for reading.
    private let readers: ThreadLocal<DatabaseQueue>

    /// Opens a database, and creates it if it does not exist.
    package init(path: String) throws(StoreError) {
        guard let readers = ThreadLocal<DatabaseQueue>() else {
            throw StoreError.unavailable("the process has no room for one connection per thread")
        }
        self.readers = readers
        self.path = path
        writer = try Self.translating {
            var configuration = Self.configuration
            configuration.journalMode = .wal
            let writer = try Self.open(path, configuration)
            // GRDB sets synchronous = NORMAL for write-ahead logging. A power cut then loses the last commits, which an
            // audit must not.
            try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return writer
        }
    }

    /// Brings the tables up to date. This is quick if they are.
    ///
    /// - Returns: Names of the migrations that this call applied.
    @discardableResult
    package func migrate() throws(StoreError) -> [String] {
        if try read({ try Migrations.areComplete($0) }) { return [] }
        return try write { try Migrations.apply(to: $0) }
    }

    /// Reads. Neither other readers nor a writer have to wait.
    ///
    /// Each thread has its own connection. GRDB's pool hands connections out through a queue, in which eight threads
    /// spend most of their time; even a lock around a list of connections costs a tenth of all polls.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating {
            try readers.value(openReader).unsafeRead(body)
        }
    }

    /// Reads several times from one state of the database.
    func readSnapshot<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
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

    /// Writes in one transaction. Other writers wait.
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.translating { try writer.write(body) }
    }

    private func openReader() throws -> DatabaseQueue {
        var configuration = Self.configuration
        configuration.readonly = true
        return try Self.open(path, configuration)
    }

    /// Opens the file, however many processes open it at the same time.
    ///
    /// The first connection creates the write-ahead log, and so does the next one after the last was closed. SQLite
    /// does not call its busy handler while it does that, because waiting could be a deadlock (sqlite3_busy_handler),
    /// so this function waits instead.
    private static func open(_ path: String, _ configuration: GRDB.Configuration) throws -> DatabaseQueue {
        let deadline = Clock.boottimeMilliseconds() + Self.lockTimeout * 1000
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
        // Several processes write: the responder, supervisors that settle, the broker.
        configuration.busyMode = .timeout(TimeInterval(Self.lockTimeout))
        configuration.prepareDatabase { db in
            // Each thread has a connection. SQLite's default of 2 MiB of pages for each would be most of our memory.
            try db.execute(sql: "PRAGMA cache_size = -256")
        }
        return configuration
    }

    static func translating<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let detail = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_READONLY,
                .SQLITE_NOMEM, .SQLITE_PROTOCOL:
                throw .unavailable(detail)
            default:
                throw .broken(detail)
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .broken("\(error)")
        }
    }
}

extension Row: ResultRow {
    /// Unlike GRDB's subscript, this does not end the program for a value of another type.
    package func text(_ column: Int) -> String? {
        String.fromDatabaseValue(self[column])
    }

    package func integer<Number: FixedWidthInteger>(_ column: Int) -> Number? {
        Int64.fromDatabaseValue(self[column]).flatMap { Number(exactly: $0) }
    }
}
