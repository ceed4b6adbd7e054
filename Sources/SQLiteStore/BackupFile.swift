import Core
import Foundation
import GRDB
import Glibc

/// The file of a backup: a database with the tables of the store, and these tables with the other files.
enum BackupFile {
    /// The version of the tables.
    static let format: Int64 = 1
    /// Length of a part of a file, in bytes.
    private static let partLength = 1 << 20

    static func createTables(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE remotisan_backup (key TEXT PRIMARY KEY NOT NULL, value NOT NULL) WITHOUT ROWID;
                CREATE TABLE remotisan_backup_files (name TEXT PRIMARY KEY NOT NULL, size INTEGER NOT NULL);
                CREATE TABLE remotisan_backup_parts (
                    name TEXT NOT NULL, start INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (name, start)
                ) WITHOUT ROWID;
                """)
    }

    static func dropTables(_ db: Database) throws {
        for table in ["remotisan_backup", "remotisan_backup_files", "remotisan_backup_parts"] {
            try db.execute(sql: "DROP TABLE \(table)")
        }
    }

    static func set(_ key: String, _ value: some DatabaseValueConvertible, in db: Database) throws {
        try db.execute(literal: "INSERT INTO remotisan_backup (key, value) VALUES (\(key), \(value))")
    }

    static func text(_ key: String, in db: Database) throws -> String? {
        try SQLRequest<String>(literal: "SELECT value FROM remotisan_backup WHERE key = \(key)").fetchOne(db)
    }

    static func number(_ key: String, in db: Database) throws -> Int64? {
        try SQLRequest<Int64>(literal: "SELECT value FROM remotisan_backup WHERE key = \(key)").fetchOne(db)
    }

    /// Adds a file. Bytes that are appended meanwhile are not part of the backup. A file that is gone is left out.
    static func add(_ path: String, as name: String, to db: Database) throws {
        let file: Descriptor
        do throws(SystemError) { file = try Descriptor(opening: path, O_RDONLY) } catch {
            guard error.code == ENOENT else { throw error }
            return
        }
        let size = try file.status(of: path).size
        try db.execute(literal: "INSERT INTO remotisan_backup_files (name, size) VALUES (\(name), \(size))")
        var start: Int64 = 0
        while start < size {
            let part = try file.read(Int(min(Int64(partLength), size - start)), at: start, of: path)
            guard !part.isEmpty else { break }
            // The hole of a capped log is not stored.
            if part.contains(where: { $0 != 0 }) {
                try db.execute(
                    literal: """
                        INSERT INTO remotisan_backup_parts (name, start, content)
                        VALUES (\(name), \(start), \(Data(part)))
                        """)
            }
            start += Int64(part.count)
        }
    }

    /// The names of the files.
    static func names(in db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT name FROM remotisan_backup_files ORDER BY name")
    }

    /// Writes a file under another name, syncs it, and renames it.
    static func extract(_ name: String, to path: String, mode: mode_t, from db: Database) throws {
        let aside = "\(path).\(getpid()).new"
        do {
            let file = try Descriptor(opening: aside, O_RDWR | O_CREAT | O_TRUNC, mode: mode)
            let size = try SQLRequest<Int64>(
                literal: "SELECT size FROM remotisan_backup_files WHERE name = \(name)"
            ).fetchOne(db)
            let parts = try SQLRequest<Row>(
                literal: "SELECT start, content FROM remotisan_backup_parts WHERE name = \(name) ORDER BY start"
            ).fetchCursor(db)
            while let row = try parts.next() {
                guard lseek(file.rawValue, off_t(row[0] as Int64), SEEK_SET) >= 0 else {
                    throw SystemError("lseek", aside)
                }
                try file.write(row[1] as Data, to: aside)
            }
            guard ftruncate(file.rawValue, off_t(size ?? 0)) == 0 else { throw SystemError("ftruncate", aside) }
            guard fsync(file.rawValue) == 0, rename(aside, path) == 0 else { throw SystemError("rename", path) }
        } catch {
            unlink(aside)
            throw error
        }
    }

    /// Checks that a file is a complete backup.
    ///
    /// - Returns: Why it is not one; nil if it is.
    static func problem(_ db: Database) throws -> String? {
        guard try db.tableExists("remotisan_backup"), try db.tableExists("remotisan_executions"),
            let format = try number("format", in: db)
        else { return "it is a database, but not a backup of remotisan-broker." }
        guard format <= Self.format else { return "a newer version made it." }
        guard try number("complete", in: db) == 1 else { return "it was not completed." }
        guard let state = try String.fetchOne(db, sql: "PRAGMA integrity_check"), state == "ok" else {
            return "it is damaged (PRAGMA integrity_check)."
        }
        let names = Set(try names(in: db))
        guard names.isSuperset(of: ["remotisan_server_guid", "secret"]) else {
            return "it has no UUID or no secret."
        }
        // A backup of an earlier version has no checksum.
        if let checksum = try text("checksum", in: db), try BackupChecksum.text(of: db) != checksum {
            return "its content has changed since it was made (SHA-256). Use another backup."
        }
        return nil
    }
}
