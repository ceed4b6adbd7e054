import Core
import GRDB
import Glibc
import SQLStore

extension SQLiteStore {
    package var damageCheckedAt: Int64? { damage.checkedAt }

    package func verify() throws(StoreError) {
        if isReplaced { throw .unusable(.replaced, "\(path) is not the file that was opened") }
        if mustBeReopened { throw .unavailable("a file of \(path) could not be opened for writing") }
        try damage.require { () throws(StoreError) in try isDamaged() }
        try requireWritableFiles()
        let (tables, applied) = try read { db in
            let tables = try String.fetchSet(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
            // Reads a page of each table, so that damage is found before a person finds it.
            for table in Tables.names where tables.contains(table) {
                _ = try Row.fetchOne(db, sql: "SELECT * FROM \(table) LIMIT 1")
            }
            return (tables, try Migrations.applied(db))
        }
        try Tables.require(in: tables)
        try Migrations.plan.requireKnown(applied)
    }

    /// Throws if the files cannot be written. It opens none of them: closing a descriptor of a database ends the locks
    /// that SQLite holds on it (fcntl(2)).
    func requireWritableFiles() throws(StoreError) {
        var system = statvfs()
        if statvfs(path, &system) == 0, system.f_flag & UInt(ST_RDONLY) != 0 {
            throw .unusable(.readOnly, "the file system of \(path) is mounted read-only")
        }
        // ext4 that has found an error takes no writes any more, but does not say that it is mounted read-only.
        let place = DatabasePlace.path(for: path)
        if utimensat(AT_FDCWD, place, nil, 0) != 0 {
            let reason = "\(place) cannot be changed: \(SystemError.text(of: errno))"
            throw errno == EROFS ? .unusable(.readOnly, reason) : .unavailable(reason)
        }
        for file in [path, path + "-wal", path + "-shm"] where access(file, W_OK) != 0 && errno != ENOENT {
            throw .unusable(.readOnly, "\(file) cannot be written: \(SystemError.text(of: errno))")
        }
    }
}
