/// A part of a log as text.
package struct LogSlice: Sendable, Equatable {
    /// The text. U+FFFD replaces invalid UTF-8 in the same way however the log is sliced.
    package let text: String
    /// Offset of its start in the log, in bytes.
    package let offset: Int64
    /// Offset of the next slice, in bytes.
    package let nextOffset: Int64
    /// Length of the log when the slice was read, in bytes.
    package let size: Int64
    /// Time of the last write in milliseconds since 1970; 0 if nothing was written.
    package let modifiedMilliseconds: Int64
}
