import CSystem
import Glibc

/// The records that the supervisor reads from a separate descriptor: patterns to mask, and variables for the command.
struct PrivateRecords {
    /// The records, in the format of `remotisan-job/mask.h`.
    let bytes: [UInt8]

    /// - Parameter encoding: The encoding of the command's output.
    init(_ invocation: Invocation, in encoding: LogEncoding) {
        var bytes: [UInt8] = []
        func append(_ kind: Unicode.Scalar, _ content: [UInt8]) {
            bytes.append(UInt8(ascii: kind))
            withUnsafeBytes(of: UInt32(content.count)) { bytes.append(contentsOf: $0) }
            bytes += content
        }
        for pattern in SecretPatterns(invocation.secrets, in: encoding).all { append("m", pattern) }
        for (name, value) in invocation.environment.sorted(by: { $0.key < $1.key }) {
            append("e", Array("\(name)=\(value.text)\0".utf8))
        }
        self.bytes = bytes
    }
}

/// A file without a name and without a disk, for data that only one other process may read; memfd_create(2).
enum PrivateFile {
    /// Calls `body` with a pipe of this content. What was read from it cannot be read again, also not through
    /// `/proc/PID/fd/0`.
    ///
    /// A pipe that is too small cannot be filled before someone reads it, so a file takes its place: the content is
    /// longer than the kernel's limit, or this user's pipes have used up their share; pipe(7), pipe-user-pages-soft.
    ///
    /// - Throws: ``SystemError``, or an error of `body`.
    static func withPipe<Result>(_ content: [UInt8], _ body: (borrowing Descriptor) throws -> Result) throws -> Result {
        var ends: [Int32] = [0, 0]
        _ = try valueOrErrno("pipe2", on: "") { system_pipe(&ends) }
        let reading = Descriptor(owning: ends[0])
        do {
            let writing = Descriptor(owning: ends[1])
            guard system_pipe_capacity(writing.number, Int32(clamping: content.count)) >= content.count else {
                return try with(content, body)
            }
            try writing.write(content, to: "a private pipe")
        }
        return try body(reading)
    }

    /// Calls `body` with a file of this content, positioned at its start. It vanishes when the last process closes it.
    ///
    /// - Throws: ``SystemError``, or an error of `body`.
    static func with<Result>(_ content: [UInt8], _ body: (borrowing Descriptor) throws -> Result) throws -> Result {
        let file = Descriptor(owning: try valueOrErrno("memfd_create", on: "") { system_private_file() })
        try file.write(content, to: "a private file")
        _ = try valueOrErrno("lseek", on: "a private file") { lseek(file.number, 0, SEEK_SET) }
        return try body(file)
    }
}
