import Glibc

/// A system call that failed. This is the one place where errno becomes an error.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The name of the call, as in its manual page.
    package let call: String
    /// The object of the call, usually a path.
    package let subject: String
    /// The value of errno.
    package let code: Int32

    /// Creates an error from the current errno, or from one that the caller has saved.
    package init(_ call: String, _ subject: String, code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// A sentence with the call, its subject, and the system's message.
    package var description: String {
        "\(call) \(subject): \(Self.text(of: code))."
    }

    /// Whether the disk takes no more data: no space or inodes, a quota, or a file system that has become read-only.
    package var isOfFullDisk: Bool { [ENOSPC, EDQUOT, EROFS].contains(code) }

    /// Whether the system is out of something that comes back: descriptors, processes or memory.
    package var isTemporary: Bool { [EMFILE, ENFILE, EAGAIN, ENOMEM].contains(code) }

    /// The system's message for an errno, strerror(3).
    package static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Calls a system call again after every EINTR. Its result of -1 becomes an error with errno.
func valueOrErrno<Value: FixedWidthInteger & SignedInteger>(
    _ call: String, on subject: String, _ body: () -> Value
) throws(SystemError) -> Value {
    while true {
        let value = body()
        if value != -1 { return value }
        if errno != EINTR { throw SystemError(call, subject) }
    }
}
