import Core

/// Checks the file of the SQLite store.
package struct StoreCheck: Sendable {
    /// Path of the file.
    package var path: String
    /// Size in bytes; nil if the file does not exist.
    package var size: Int64?
    /// The first bytes of the file.
    package var header: [UInt8]
    /// Names of the migrations that opening applied.
    package var migrated: [String]

    package init(path: String, size: Int64?, header: [UInt8], migrated: [String]) {
        self.path = path
        self.size = size
        self.header = header
        self.migrated = migrated
    }

    package var findings: [Finding] {
        guard let size else { return [.problem("store", "\(path) does not exist. Run remotisan-broker migrate.")] }
        // https://www.sqlite.org/fileformat2.html, 1.3: bytes 18 and 19 are 2 in write-ahead logging mode.
        guard header.count >= 20, header[18] == 2, header[19] == 2 else {
            return [
                .warning(
                    "store",
                    "\(path) has no write-ahead log, so readers wait for writers. Its file system may not support one. "
                        + "Move the storage to a local disk.")
            ]
        }
        let done = migrated.isEmpty ? "" : "; migrations applied now: \(migrated.joined(separator: ", "))"
        return [.ok("store", "\(path), \(size >> 10) KiB, write-ahead log\(done).")]
    }
}
