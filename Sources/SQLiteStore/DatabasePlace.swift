import CSystem
import Core
import Foundation
import Glibc

/// `remotisan.sqlite-place`: the files of the database when it was last opened. A program that opens the database holds
/// the lock of this file.
///
/// If someone renames a backup over the database, the write-ahead log of the earlier database is still there. SQLite
/// would apply it to the backup and damage it. A log that is still the same file beside another database belongs to the
/// earlier one. If both are other files, the storage was moved or copied as a whole.
struct DatabasePlace: ~Copyable {
    private let path: String
    private let file: Descriptor
    private let text: String

    /// The file for a database.
    static func path(for database: String) -> String { database + "-place" }

    /// Opens and locks the file for a database.
    init(of database: String) throws(StoreError) {
        path = database
        file = try Self.lock(Self.path(for: database))
        text = (try? file.read(512, at: 0, of: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func lock(_ path: String) throws(StoreError) -> Descriptor {
        do throws(SystemError) {
            let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
            let deadline = Clock.boottimeMilliseconds() + WriterQueue.timeout
            while system_try_flock(file.rawValue, true) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR, Clock.boottimeMilliseconds() < deadline else {
                    throw SystemError("flock", path)
                }
                usleep(1000)
            }
            return file
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Renames the write-ahead log if it belongs to an earlier database.
    func setForeignLogAside() throws(StoreError) {
        guard let known = DatabaseFiles(text), DatabaseFiles(at: path).hasForeignLog(since: known),
            DatabaseFiles.isDatabase(at: path)
        else { return }
        let aside = "\(path)-wal.replaced-\(Clock.seconds())"
        guard rename(path + "-wal", aside) == 0 || errno == ENOENT else {
            throw .unavailable("\(SystemError("rename", aside))")
        }
        unlink(path + "-shm")
    }

    /// Records the files that were opened.
    ///
    /// - Returns: Whether another database stood there before.
    func record(_ files: DatabaseFiles) -> Bool {
        guard files.text != text else { return false }
        do throws(SystemError) {
            _ = ftruncate(file.rawValue, 0)
            try file.write(files.text.utf8, to: path + "-place")
        } catch {
            // The next opening does without. A full disk must not keep a kill away.
        }
        return DatabaseFiles(text).map { !$0.hasSameDatabase(as: files) } ?? false
    }
}
