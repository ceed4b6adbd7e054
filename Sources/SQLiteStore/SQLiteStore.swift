import Core
import Foundation
import GRDB
import Glibc

/// The audit in one file of the storage.
public final class SQLiteStore: Sendable {
    private let pool: DatabasePool
    /// Seconds to wait for another's lock.
    private static let patience: Int64 = 10

    /// Opens a database, creating it if need be.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - readers: Connections that read at once.
    /// - Throws: ``StoreError``.
    public init(path: String, readers: Int = 1) throws {
        var configuration = Configuration()
        configuration.label = "remotisan"
        configuration.maximumReaderCount = max(readers, 1)
        // Several processes write: the responder, settling supervisors, the broker.
        configuration.busyMode = .timeout(TimeInterval(Self.patience))
        pool = try Self.translating {
            let pool = try Self.open(path, configuration)
            // GRDB leaves write-ahead logging at NORMAL, where a power cut takes the last commits along. An audit
            // that can be thinned out so is none.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return pool
        }
    }

    /// Brings the tables up to date; quick if they are.
    ///
    /// - Returns: Names of the migrations that this call applied.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func migrate() throws -> [String] {
        if try read({ try Migrations.areComplete($0) }) { return [] }
        return try write { try Migrations.apply(to: $0) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating { try pool.unsafeRead(body) }
    }

    /// Several reads of one moment.
    func readSnapshot<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating { try pool.read(body) }
    }

    /// Opens the file, however many do so at once.
    ///
    /// Whoever opens it first, and whoever comes after the last has closed it, makes the write-ahead log. SQLite does
    /// not wait for its locks in that (it could be a deadlock, sqlite3_busy_handler), so this does.
    private static func open(_ path: String, _ configuration: GRDB.Configuration) throws -> DatabasePool {
        let deadline = Clock.boottimeMilliseconds() + Self.patience * 1000
        while true {
            do {
                return try DatabasePool(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard Clock.boottimeMilliseconds() < deadline else { throw error }
                usleep(UInt32.random(in: 1000...10_000))
            }
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating { try pool.write(body) }
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
