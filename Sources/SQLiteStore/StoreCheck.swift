import Core

/// Whether the embedded audit is as it was made.
package struct StoreCheck: Sendable {
    /// Where it is.
    package var path: String
    /// Bytes; nil where there is none.
    package var size: Int64?
    /// The first bytes of the file.
    package var header: [UInt8]
    /// Migrations that were applied just now.
    package var migrated: [String]

    /// The facts.
    package init(path: String, size: Int64?, header: [UInt8], migrated: [String]) {
        self.path = path
        self.size = size
        self.header = header
        self.migrated = migrated
    }

    /// What is so.
    package var findings: [Finding] {
        guard let size else { return [.problem("audit", "\(path) is not there. Run remotisan-broker migrate.")] }
        // https://www.sqlite.org/fileformat2.html, 1.3: bytes 18 and 19 are 2 where writes go ahead into a log.
        guard header.count >= 20, header[18] == 2, header[19] == 2 else {
            return [
                .warning(
                    "audit",
                    "\(path) has no write-ahead log: readers wait for writers. Its file system may not allow one; move the "
                        + "storage to a local disk.")
            ]
        }
        let done = migrated.isEmpty ? "" : "; brought up to date just now: \(migrated.joined(separator: ", "))"
        return [.ok("audit", "\(path), \(size >> 10) KiB, write-ahead log\(done).")]
    }
}
