/// A part of a log, as text.
public struct LogSlice: Sendable, Equatable {
    /// The text; bytes that are not UTF-8 are U+FFFD, the same ones however the log is cut.
    public let text: String
    /// Where in the log it begins, in bytes.
    public let offset: Int64
    /// Where to go on, in bytes.
    public let nextOffset: Int64
    /// Length of the log when it was read, in bytes.
    public let size: Int64
    /// Milliseconds since 1970 of the last write; 0 if nothing was ever written.
    public let modifiedMilliseconds: Int64
}
