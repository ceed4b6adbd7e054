import Core
import Foundation
import SQLiteStore

extension Backends {
    /// The rows of the original's table in a file: a dump, or the SQLite database of the application.
    package static func originalRows(in file: String) throws -> any OriginalRows {
        let handle = FileHandle(forReadingAtPath: file)
        defer { try? handle?.close() }
        // The first bytes of each database (https://www.sqlite.org/fileformat.html, 1.3).
        guard try handle?.read(upToCount: 16) == Data("SQLite format 3\0".utf8) else {
            return try OriginalDump(file: file)
        }
        return OriginalDatabase(SQLiteContent(path: file, isReadOnly: true), of: file)
    }
}
