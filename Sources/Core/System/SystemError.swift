import Glibc

/// A system call that failed, with the thing it was about: the one place where errno becomes an error.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call, as its manual page is named.
    public let call: String
    /// What it was applied to, mostly a path.
    public let subject: String
    /// The value of errno.
    public let code: Int32

    /// Creates an error from an errno that the caller has at hand; by default the current one.
    public init(_ call: String, _ subject: String, code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// A sentence: what was tried, on what, and what the system says.
    public var description: String {
        "\(call) \(subject): \(Self.text(of: code))."
    }

    /// The system's words for an errno, strerror(3).
    public static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The value of a system call, again after every EINTR, or its errno as an error.
///
/// - Throws: ``SystemError`` when the call answers -1.
func valueOrErrno<Value: FixedWidthInteger & SignedInteger>(
    _ call: String, _ subject: String, _ body: () -> Value
) throws -> Value {
    while true {
        let value = body()
        if value != -1 { return value }
        if errno != EINTR { throw SystemError(call, subject) }
    }
}
