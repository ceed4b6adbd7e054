import CSystem
import Glibc

/// A file without a name and without a disk, for data that only one other process may read; memfd_create(2).
enum PrivateFile {
    /// Calls `body` with a file of this content, positioned at its start. It vanishes when the last process closes it.
    ///
    /// - Throws: ``SystemError``, or an error of `body`.
    static func with<Result>(_ content: [UInt8], _ body: (borrowing Descriptor) throws -> Result) throws -> Result {
        let file = Descriptor(owning: try valueOrErrno("memfd_create", "") { system_private_file() })
        try file.write(content, to: "a private file")
        _ = try valueOrErrno("lseek", "a private file") { lseek(file.number, 0, SEEK_SET) }
        return try body(file)
    }
}
