import Core
import Crypto
import Foundation
import GRDB

/// The checksum of a backup: SHA-256 of the content of all its tables. `PRAGMA integrity_check` finds a damaged structure
/// only, not a changed value.
enum BackupChecksum {
    /// The checksum in hexadecimal.
    static func text(of db: Database) throws -> String {
        var hash = SHA256()
        let tables = try Row.fetchAll(
            db,
            sql: """
                SELECT name, sql FROM sqlite_schema
                WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
                """)
        for table in tables {
            let name: String = table[0]
            let definition: String = table[1]
            add(definition.utf8, to: &hash)
            let columns = try db.columns(in: name).map(\.name.quotedDatabaseIdentifier).joined(separator: ", ")
            // The checksum itself is no part of it.
            let condition = name == "remotisan_backup" ? "WHERE key <> 'checksum'" : ""
            // A table without rowid is read in the order of its primary key.
            let order = definition.uppercased().contains("WITHOUT ROWID") ? "" : "ORDER BY rowid"
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(columns) FROM \(name.quotedDatabaseIdentifier) \(condition) \(order)")
            while let row = try rows.next() {
                for value in row.databaseValues { add(value, to: &hash) }
            }
        }
        return hash.finalize().hexadecimal
    }

    /// Adds a value with its type, so that no two values look the same.
    private static func add(_ value: DatabaseValue, to hash: inout SHA256) {
        switch value.storage {
        case .null: hash.update(data: Data("n".utf8))
        case .int64(let number):
            hash.update(data: Data("i".utf8))
            add("\(number)".utf8, to: &hash)
        case .double(let number):
            hash.update(data: Data("d".utf8))
            add("\(number.bitPattern)".utf8, to: &hash)
        case .string(let text):
            hash.update(data: Data("t".utf8))
            add(text.utf8, to: &hash)
        case .blob(let bytes):
            hash.update(data: Data("b".utf8))
            add(bytes, to: &hash)
        }
    }

    private static func add(_ bytes: some Collection<UInt8>, to hash: inout SHA256) {
        hash.update(data: Data("\(bytes.count):".utf8))
        hash.update(data: Data(bytes))
    }
}
