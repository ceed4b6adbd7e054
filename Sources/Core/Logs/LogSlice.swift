/// A part of a log, as text.
package struct LogSlice: Sendable, Equatable {
    /// The text; bytes that are not UTF-8 are U+FFFD, the same ones however the log is cut.
    package let text: String
    /// Where in the log it begins, in bytes.
    package let offset: Int64
    /// Where to go on, in bytes.
    package let nextOffset: Int64
    /// Length of the log when it was read, in bytes.
    package let size: Int64
    /// Milliseconds since 1970 of the last write; 0 if nothing was ever written.
    package let modifiedMilliseconds: Int64
}
