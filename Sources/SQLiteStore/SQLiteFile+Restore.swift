import Core
import Foundation
import GRDB
import Glibc
import SQLStore

extension SQLiteFile {
    package func restore(_ restore: Restore) throws -> Restore.Outcome {
        let source = try Self.checkedBackup(restore.file)
        // The backup is open now. Root may have been the only one who could open it.
        try Account.becomeOwner(of: restore.directory)
        return try restore.withStorage { storage in
            let new = storage.database + ".restoring"
            for end in ["", "-wal", "-shm", "-journal"] { unlink(new + end) }
            var outcome = try SQLiteStore.translating {
                try Self.make(new, from: source, for: restore, storage: storage)
            }
            try SQLiteStore.translating { try Self.restoreFiles(from: source, storage) }
            outcome.replaced = try Self.replace(storage.database, with: new)
            return outcome
        }
    }

    private static func checkedBackup(_ file: String) throws -> DatabaseQueue {
        guard access(file, R_OK) == 0 else {
            throw BackupError.unusable(file, reason: SystemError.text(of: errno) + ".")
        }
        let source: DatabaseQueue
        let problem: String?
        do {
            source = try openBackup(file)
            problem = try source.read { try BackupFile.problem($0) }
        } catch let error as DatabaseError {
            throw BackupError.unusable(file, reason: "\(error.message ?? "it is not a database").")
        }
        if let problem { throw BackupError.unusable(file, reason: problem) }
        return source
    }

    /// Writes the store of the backup to a new file.
    private static func make(
        _ path: String, from source: DatabaseQueue, for restore: Restore, storage: Storage
    ) throws -> Restore.Outcome {
        let new = try DatabaseQueue(path: path)
        try source.backup(to: new)
        let outcome = try new.write { db in
            let own = try ownUUID(db)
            var outcome = Restore.Outcome(
                executions: 0, madeAt: try BackupFile.number("made_at", in: db) ?? 0, cancelled: 0, ran: 0,
                replaced: nil, unknown: [])
            try settleQueued(db, of: own, for: restore, storage: storage, outcome: &outcome)
            outcome.executions = try Int.fetchOne(db, sql: "SELECT count(*) FROM remotisan_executions") ?? 0
            let known = Set(try String.fetchAll(db, sql: "SELECT job_uuid FROM remotisan_executions"))
            outcome.unknown = try storage.jobsWithFiles().filter { !known.contains($0.description) }
                .sorted { $0.description < $1.description }
            try BackupFile.dropTables(db)
            return outcome
        }
        try new.vacuum()
        try new.close()
        guard chmod(path, 0o640) == 0 else { throw SystemError("chmod", path) }
        return outcome
    }

    private static func ownUUID(_ db: Database) throws -> String {
        let content = try Data.fetchOne(
            db, sql: "SELECT content FROM remotisan_backup_parts WHERE name = 'remotisan_server_guid' AND start = 0")
        return content.map { String(decoding: $0, as: UTF8.self).trimmingWhitespace } ?? ""
    }

    /// Executions that were queued at the backup have run since, were cancelled since, or are days late. So they start
    /// only if the administrator wants it. One whose files show that it has run becomes running, and the broker settles
    /// it by its files.
    private static func settleQueued(
        _ db: Database, of own: String, for restore: Restore, storage: Storage, outcome: inout Restore.Outcome
    ) throws {
        let queued = try String.fetchAll(
            db,
            sql: """
                SELECT job_uuid FROM remotisan_executions WHERE server_uuid = ? AND \(Status.queued.condition)
                """, arguments: [own])
        for text in queued {
            if let uuid = JobUUID(text), storage.hasTrace(of: uuid) {
                try db.execute(
                    literal: """
                        UPDATE remotisan_executions SET process_status = \(sql: Status.running.sql)
                        WHERE job_uuid = \(text)
                        """)
                outcome.ran += 1
            } else if !restore.keepsQueued {
                let end = Settlement.notStarted(
                    reason: "never started: the store was restored from a backup", logBytes: nil, now: Clock.seconds())
                outcome.cancelled += try SQLiteStore.dequeue(db, end, where: "job_uuid = \(text)")
            }
        }
    }

    /// Writes the other files. Records and logs that exist are newer than those of the backup, and stay.
    private static func restoreFiles(from source: DatabaseQueue, _ storage: Storage) throws {
        for name in try source.read({ try BackupFile.names(in: $0) }) {
            guard let path = storage.path(ofBackedUp: name) else { continue }
            let isOfInstance = !name.contains("/")
            guard isOfInstance || access(path, F_OK) != 0 else { continue }
            try source.read { db in
                try BackupFile.extract(name, to: path, mode: name == "secret" ? 0o600 : 0o640, from: db)
            }
        }
    }

    /// Puts the new file in the place of the store, and keeps the earlier one.
    ///
    /// A crash leaves one of the two in place. The write-ahead log of the earlier store must be gone before, because
    /// SQLite would apply it to the new one.
    private static func replace(_ path: String, with new: String) throws -> String? {
        var kept: String?
        if access(path, F_OK) == 0 {
            let aside = Self.freeName("\(path).replaced-\(Clock.seconds())")
            // Moves the write-ahead log into the file. If the file is damaged, the log is kept beside it.
            let old = try? DatabaseQueue(path: path)
            _ = try? old?.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try? old?.close()
            if access(path + "-wal", F_OK) == 0 { rename(path + "-wal", aside + "-wal") }
            unlink(path + "-shm")
            guard link(path, aside) == 0 else { throw SystemError("link", aside) }
            kept = aside
        }
        for end in ["-wal", "-shm"] { unlink(path + end) }
        guard rename(new, path) == 0 else { throw SystemError("rename", path) }
        return kept
    }

    /// A name, or the name with a number if something stands there, because a store was replaced in the same second.
    private static func freeName(_ name: String) -> String {
        let names = [name] + (2...99).map { "\(name)-\($0)" }
        return names.first { access($0, F_OK) != 0 && access($0 + "-wal", F_OK) != 0 } ?? name
    }
}
