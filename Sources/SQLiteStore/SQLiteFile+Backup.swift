import Core
import Foundation
import GRDB
import Glibc

extension SQLiteFile {
    package func write(_ backup: Backup) throws {
        if !backup.replacesFile, access(backup.file, F_OK) == 0 { throw BackupError.exists(backup.file) }
        // The files of SQLite in the storage must belong to its owner, even if root writes the backup.
        let source = try Account.actingAsOwner(of: backup.storage.directory) {
            try SQLiteStore.translating {
                var configuration = GRDB.Configuration()
                configuration.readonly = true
                configuration.busyMode = .timeout(10)
                let source = try DatabaseQueue(path: backup.storage.database, configuration: configuration)
                _ = try source.read { try $0.tableExists("remotisan_executions") }
                return source
            }
        }
        let temporary = try backup.makeTemporary()
        defer { for path in [temporary, temporary + "-journal"] { unlink(path) } }
        try SQLiteStore.translating {
            let copy = try DatabaseQueue(path: temporary)
            // SQLite's online backup: all pages in one read transaction, with what stands in the write-ahead log.
            try source.backup(to: copy)
            // The copy is one file. In write-ahead logging mode, reading it would create others.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.write { db in
                try BackupFile.createTables(db)
                try BackupFile.set("format", BackupFile.format, in: db)
                try BackupFile.set("made_at", Clock.seconds(), in: db)
                try BackupFile.set("version", ProgramVersion.current, in: db)
                try BackupFile.set("has_logs", backup.hasLogs, in: db)
            }
            // After the rows: a job that ends meanwhile has its exit record in the backup, and its row says RUNNING.
            for file in try backup.files() {
                try copy.write { try BackupFile.add(file.path, as: file.name, to: $0) }
            }
            try copy.write { db in
                try BackupFile.set("complete", 1, in: db)
                try BackupFile.set("checksum", BackupChecksum.text(of: db), in: db)
            }
            try copy.close()
            try source.close()
        }
        try Self.check(temporary)
        try backup.publish(temporary)
    }

    /// Reads a backup again, as `restore` would.
    private static func check(_ file: String) throws {
        let problem = try SQLiteStore.translating {
            let copy = try openBackup(file)
            defer { try? copy.close() }
            return try copy.read { try BackupFile.problem($0) }
        }
        if let problem { throw BackupError.unusable(file, reason: problem) }
    }

    static func openBackup(_ file: String) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: file, configuration: configuration)
    }
}
