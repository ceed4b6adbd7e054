import Core
import Foundation
import Glibc

/// The files of a database: the database itself, its write-ahead log and the index of that.
///
/// SQLite finds the last two by their names only. If someone renames a backup over the database, removes the log, or
/// mounts a file system over the directory, open connections go on in files that no program will read again.
struct DatabaseFiles: Sendable, Equatable {
    private let database: FileIdentity?
    private let log: FileIdentity?
    private let index: FileIdentity?

    /// The files that stand at a path now.
    init(at path: String) {
        database = FileIdentity(ofPath: path)
        log = FileIdentity(ofPath: path + "-wal")
        index = FileIdentity(ofPath: path + "-shm")
    }

    /// Parses ``text``; nil if it is malformed. The index is not known then.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map { FileIdentity($0) }
        guard lines.count == 2, let database = lines[0], let log = lines[1] else { return nil }
        self.database = database
        self.log = log
        index = nil
    }

    /// Two lines: the database and its write-ahead log.
    var text: String { "\(database?.text ?? "-")\n\(log?.text ?? "-")\n" }

    /// Whether the database uses a write-ahead log (https://www.sqlite.org/fileformat2.html, 1.3.3) that has content.
    static func haveLog(at path: String) -> Bool {
        guard let log = FileStatus(ofPath: path + "-wal"), log.size > 0 else { return false }
        return (try? header(at: path))?.suffix(2) == [2, 2]
    }

    /// Whether there is no database.
    var isNew: Bool { database == nil }

    /// Whether the database itself is the same file.
    func hasSameDatabase(as other: DatabaseFiles) -> Bool {
        database != nil && database == other.database
    }

    /// Whether the write-ahead log belonged to another database at an earlier time.
    func hasForeignLog(since earlier: DatabaseFiles) -> Bool {
        log != nil && log == earlier.log && database != earlier.database
    }

    /// Whether a file begins like a database, or is empty, as SQLite creates it
    /// (https://www.sqlite.org/fileformat2.html, 1.3). If it cannot be read, SQLite tells the reason.
    static func isDatabase(at path: String) -> Bool {
        do {
            let start = try header(at: path)
            return start.isEmpty || start.starts(with: "SQLite format 3\0".utf8)
        } catch {
            return error.code != ENOENT
        }
    }

    /// The first 20 bytes of a file, or fewer if it has fewer.
    private static func header(at path: String) throws(SystemError) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError("open", path) }
        return try Descriptor(owning: number).read(20, at: 0, of: path)
    }

    /// Fails if other files stand at the path by now.
    func check(at path: String) throws(StoreError) {
        let now = DatabaseFiles(at: path)
        guard now != self else { return }
        let (name, isGone) =
            now.database != database
            ? (path, now.database == nil)
            : now.log != log ? (path + "-wal", now.log == nil) : (path + "-shm", now.index == nil)
        throw .unusable(.replaced, "\(name) was \(isGone ? "removed" : "replaced") while it was in use")
    }
}

/// A file as the kernel knows it, stat(2).
private struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64

    /// Nil if there is no file.
    init?(ofPath path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Parses ``text``.
    init?(_ text: Substring) {
        let numbers = text.split(separator: " ").compactMap { UInt64($0) }
        guard numbers.count == 2 else { return nil }
        device = numbers[0]
        inode = numbers[1]
    }

    var text: String { "\(device) \(inode)" }
}
