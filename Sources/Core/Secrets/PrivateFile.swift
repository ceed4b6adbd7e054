import CSystem
import Glibc

/// A file that is on no disk and has no name, for what another process must read and nobody else; memfd_create(2).
enum PrivateFile {
    /// Calls `body` with a file of this content, read from its beginning. It is gone with the last process that has it.
    ///
    /// - Throws: ``SystemError``, and what `body` throws.
    static func with<Result>(_ content: [UInt8], _ body: (borrowing Descriptor) throws -> Result) throws -> Result {
        let file = Descriptor(owning: try valueOrErrno("memfd_create", "") { system_private_file() })
        try file.write(content, to: "a private file")
        _ = try valueOrErrno("lseek", "a private file") { lseek(file.number, 0, SEEK_SET) }
        return try body(file)
    }
}
