import Core
import Foundation
import GRDB
import Glibc
import SQLStore
import Synchronization

/// The store in one SQLite file of the storage.
package final class SQLiteStore: Sendable {
    let path: String
    private let writer: DatabaseQueue
    private let writers: WriterQueue
    /// One connection per thread, for reading.
    private let readers: ThreadLocal<DatabaseQueue>
    /// The files that this store has open.
    private let files: DatabaseFiles
    /// Whether another database stood at the path when it was last opened.
    let isAnother: Bool
    /// The damage that SQLite has found.
    let damage: KnownDamage
    /// Whether a file could not be opened for writing, although it can be written now. SQLite then opens the file for
    /// reading, and tries no other way until all connections of the process are closed.
    private let isStuckReadOnly = Atomic(false)

    /// Opens a database, and creates it if it does not exist.
    package convenience init(path: String) throws(StoreError) {
        try self.init(path: path, writers: WriterQueue())
    }

    init(path: String, writers: WriterQueue, damage: KnownDamage = KnownDamage()) throws(StoreError) {
        guard let readers = ThreadLocal<DatabaseQueue>() else {
            throw StoreError.unavailable("the process has no room for one connection per thread")
        }
        self.readers = readers
        self.path = path
        self.writers = writers
        self.damage = damage
        let place = try DatabasePlace(of: path)
        try place.setForeignLogAside()
        let before = DatabaseFiles(at: path)
        // SQLite would take a file of anything for a database if a write-ahead log has all pages that it needs.
        guard before.isNew || DatabaseFiles.isDatabase(at: path) else {
            throw .unusable(.malformed, "\(path) is not a SQLite database")
        }
        writer = try Self.translating {
            var configuration = Self.configuration { writers.waitForOtherProcess(tries: $0) }
            // GRDB also makes a write-ahead log if there is none, which a connection that only reads cannot. To look for
            // it takes GRDB a tenth of the time in which a broker starts.
            if !DatabaseFiles.haveLog(at: path) { configuration.journalMode = .wal }
            let writer = try Self.open(path, configuration)
            // GRDB sets synchronous = NORMAL for write-ahead logging. A power cut then loses the last commits, which an
            // audit must not. The read opens the write-ahead log.
            try writer.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                _ = try Migrations.applied(db)
            }
            return writer
        }
        files = DatabaseFiles(at: path)
        guard before.isNew || files.hasSameDatabase(as: before) else {
            throw .unusable(.replaced, "\(path) was replaced while it was opened")
        }
        isAnother = place.record(files)
    }

    /// Brings the tables up to date. This is quick if they are.
    ///
    /// - Returns: Names of the migrations that this call applied.
    @discardableResult
    package func migrate() throws(StoreError) -> [String] {
        let applied = try read { try Migrations.applied($0) }
        try Migrations.plan.requireKnown(applied)
        if Migrations.plan.isComplete(applied: applied) { return [] }
        return try write { try Migrations.apply(to: $0) }
    }

    /// Reads. Neither other readers nor a writer have to wait.
    ///
    /// Each thread has its own connection. GRDB's pool hands connections out through a queue, in which eight threads
    /// spend most of their time; even a lock around a list of connections costs a tenth of all polls.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try noticingDamage { try readers.value(openReader).unsafeRead(body) }
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

    /// Writes in one transaction, or with writes of other threads that wait.
    ///
    /// When this returns, the change is in the file that stands at the path, and not in one that was replaced.
    func write<Value>(_ body: @escaping (Database) throws -> Value) throws(StoreError) -> Value {
        var value: Value?
        try writers.write(PendingWrite { value = try body($0) }, by: commit)
        guard let value else { throw .broken("a write without a value") }
        return value
    }

    /// Reads the schema again if another process has changed it. SQLite does that itself with each statement, but not if
    /// it notices the change while it opens an FTS5 table for the triggers of the statement: then the tables are missing
    /// (SQLITE_SCHEMA).
    private static func readSchema(_ db: Database) throws {
        _ = try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM sqlite_schema LIMIT 1"))
    }

    private func commit(_ group: [PendingWrite]) {
        var failure: StoreError?
        do throws(StoreError) {
            try requireOwnFiles()
            try noticingStuckFiles { () throws(StoreError) in
                try noticingDamage {
                    try writer.write { db in
                        writers.hasBegun()
                        try Self.readSchema(db)
                        guard group.count > 1 else { return try group[0].run(db) }
                        for write in group { try write.runAmongOthers(db) }
                    }
                }
            }
            try requireOwnFiles()
        } catch {
            failure = error
        }
        for write in group { write.end(failure) }
    }

    private func noticingStuckFiles<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        do throws(StoreError) {
            return try body()
        } catch .unusable(.readOnly, let detail) {
            try requireWritableFiles()
            isStuckReadOnly.store(true, ordering: .relaxed)
            throw .unavailable("\(detail). A file could not be opened for writing. The store is opened again.")
        }
    }

    /// `PRAGMA data_version` of the thread's connection, which does not write.
    package var changeCounter: Int64? {
        try? read { try Int64.fetchOne($0.cachedStatement(sql: "PRAGMA data_version")) }
    }

    package var mustBeReopened: Bool { isReplaced || isStuckReadOnly.load(ordering: .relaxed) }

    /// Whether other files stand at the path than those that this store has open.
    var isReplaced: Bool { files != DatabaseFiles(at: path) }

    private func requireOwnFiles() throws(StoreError) {
        do throws(StoreError) {
            try files.check(at: path)
        } catch {
            // If only the write-ahead log was removed, the database still lacks the changes in that log.
            if files.hasSameDatabase(as: DatabaseFiles(at: path)) {
                try? writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            }
            throw error
        }
    }

    package func prepareToReopen() -> Bool {
        // Checks the files, which moves changes that are only in a removed write-ahead log into the database.
        try? writers.exclusively { () throws(StoreError) in try requireOwnFiles() }
        return DatabaseFiles.isDatabase(at: path)
    }

    /// Checks the whole database by a connection of its own.
    func isDamaged() throws(StoreError) -> Bool {
        do throws(StoreError) {
            let found = try Self.translating {
                try Self.open(path, Self.readerConfiguration).unsafeRead {
                    try String.fetchOne($0, sql: "PRAGMA integrity_check(1)")
                }
            }
            return found != "ok"
        } catch .unusable(.malformed, _) {
            return true
        }
    }

    private func noticingDamage<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do throws(StoreError) {
            return try Self.translating(body)
        } catch {
            if case .unusable(.malformed, let detail) = error { damage.found(detail) }
            throw error
        }
    }

    private func openReader() throws -> DatabaseQueue {
        let reader = try Self.open(path, Self.readerConfiguration)
        _ = try reader.unsafeRead { try Migrations.applied($0) }
        try files.check(at: path)
        return reader
    }

    /// Opens the file, however many processes open it at the same time.
    ///
    /// The first connection creates the write-ahead log, and so does the next one after the last was closed. SQLite
    /// does not call its busy handler while it does that, because waiting could be a deadlock (sqlite3_busy_handler),
    /// so this function waits instead.
    private static func open(_ path: String, _ configuration: GRDB.Configuration) throws -> DatabaseQueue {
        let deadline = Clock.boottimeMilliseconds() + WriterQueue.timeout
        while true {
            do {
                return try DatabaseQueue(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard Clock.boottimeMilliseconds() < deadline else { throw error }
                usleep(UInt32.random(in: 1000...10_000))
            }
        }
    }

    private static var readerConfiguration: GRDB.Configuration {
        // Readers wait only while another process recovers the write-ahead log, or holds the file for itself alone.
        var configuration = Self.configuration { tries in
            usleep(10_000)
            return tries < 300
        }
        configuration.readonly = true
        return configuration
    }

    /// - Parameter wait: Waits for another process. Its argument is the number of its calls for this lock. It returns
    ///   false to give up.
    private static func configuration(waiting wait: @escaping @Sendable (Int) -> Bool) -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "remotisan"
        // Several processes write: the responder, supervisors that settle, the broker.
        configuration.busyMode = .callback(wait)
        configuration.prepareDatabase { db in
            // Each thread has a connection. SQLite's default of 2 MiB of pages for each would be most of our memory.
            try db.execute(sql: "PRAGMA cache_size = -256")
            try db.keepLog()
        }
        return configuration
    }

    static func translating<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let detail = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_NOMEM,
                .SQLITE_PROTOCOL, .SQLITE_INTERRUPT:
                throw .unavailable(detail)
            case .SQLITE_READONLY: throw .unusable(.readOnly, detail)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .unusable(.malformed, detail)
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
