import Core
import GRDB

/// The audit in one file of the storage.
package final class SQLiteStore: Sendable {
    private let pool: DatabasePool

    /// Opens a database, creating it if need be.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - readers: Connections that read at once.
    /// - Throws: ``StoreError``.
    package init(path: String, readers: Int = 1) throws {
        var configuration = Configuration()
        configuration.label = "remotisan"
        configuration.maximumReaderCount = max(readers, 1)
        // Several processes write: the responder, settling supervisors, the broker.
        configuration.busyMode = .timeout(10)
        pool = try Self.translating {
            let pool = try DatabasePool(path: path, configuration: configuration)
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
    package func migrate() throws -> [String] {
        if try read({ try Migrations.areComplete($0) }) { return [] }
        return try write { try Migrations.apply(to: $0) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating { try pool.unsafeRead(body) }
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
