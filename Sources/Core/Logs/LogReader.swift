import CSystem
import Glibc

/// Reads parts of a log while its job is writing it.
package struct LogReader: Sendable {
    /// Maximum length of a slice, in bytes.
    package static let sliceLimit = 256 * 1024
    /// Maximum length of the answer for the original's page, in bytes.
    package static let contentLimit = 1024 * 1024

    private let path: String
    private let encoding: LogEncoding

    package init(_ files: JobFiles, encoding: LogEncoding = .utf8) {
        path = files.log
        self.encoding = encoding
    }

    /// The text at an offset. A missing log is empty.
    ///
    /// - Parameters:
    ///   - offset: Bytes from the start. A negative offset counts from the end, and skips the rest of a character. In a
    ///     discarded part, the slice stands for the whole of it.
    ///   - isEnded: Whether the log is complete. If not, an incomplete character at the end is left for the next slice.
    ///   - limit: Maximum length in bytes.
    package func slice(at offset: Int64, isEnded: Bool, limit: Int = sliceLimit) throws -> LogSlice {
        // Most polls find nothing new. Then the file need not be opened.
        if offset >= 0, let status = FileStatus(ofPath: path), offset >= status.size {
            return LogSlice(
                text: "", offset: status.size, nextOffset: status.size, size: status.size,
                modifiedMilliseconds: status.modifiedMilliseconds)
        }
        do throws(SystemError) {
            let file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil)
            let status = try file.status(of: path)
            let size = status.size
            var start = offset < 0 ? max(0, size + max(offset, -size)) : min(offset, size)
            if let hole = Self.hole(at: start, in: file, status) {
                let left = hole.upperBound - hole.lowerBound
                return LogSlice(
                    text: "\n[\(left) bytes left out here: the log outgrew logger.max_bytes]\n",
                    offset: hole.lowerBound, nextOffset: hole.upperBound, size: size,
                    modifiedMilliseconds: status.modifiedMilliseconds)
            }
            let end = Self.endOfData(from: start, in: file, status)
            let count = Int(min(end - start, Int64(limit)))
            var bytes = count > 0 ? try file.read(count, at: start, of: path)[...] : []
            if offset < 0, start > 0, !encoding.isSingleByte {
                let skipped = UTF8Boundary.continuationPrefix(of: bytes)
                bytes = bytes.dropFirst(skipped)
                start += Int64(skipped)
            }
            // No bytes follow the end of a complete log, nor the bytes before a hole.
            let isFinal = start + Int64(bytes.count) >= end && (isEnded || end < size)
            if !isFinal, !encoding.isSingleByte { bytes = bytes.prefix(UTF8Boundary.completePrefix(of: bytes)) }
            return LogSlice(
                text: encoding.text(of: bytes), offset: start, nextOffset: start + Int64(bytes.count),
                size: size, modifiedMilliseconds: status.modifiedMilliseconds)
        } catch {
            guard error.code == ENOENT else { throw error }
            return LogSlice(text: "", offset: 0, nextOffset: 0, size: 0, modifiedMilliseconds: 0)
        }
    }

    /// The discarded part that contains an offset; nil if there is none. The collector discards the middle of a log
    /// that outgrows its limit.
    private static func hole(at start: Int64, in file: borrowing Descriptor, _ status: FileStatus) -> Range<Int64>? {
        guard status.allocated < status.size, start < status.size else { return nil }
        let data = system_seek_data(file.number, off_t(start))
        guard data > start else { return nil }
        // A reader that goes backwards must not meet the same hole at every step.
        let first = system_seek_hole(file.number, 0)
        let isSame = first >= 0 && first <= start && system_seek_data(file.number, first) == data
        return (isSame ? Int64(first) : start)..<Int64(data)
    }

    /// The end of the data at an offset: the next hole or the end of the file.
    private static func endOfData(from start: Int64, in file: borrowing Descriptor, _ status: FileStatus) -> Int64 {
        guard status.allocated < status.size else { return status.size }
        let end = system_seek_hole(file.number, off_t(start))
        return end > start ? min(Int64(end), status.size) : status.size
    }

    /// The last lines, of ``contentLimit`` at most, without the line break at the end. Discarded parts, and what is before
    /// them, are left out.
    package func lastLines() throws(SystemError) -> String {
        do throws(SystemError) {
            let file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil)
            let status = try file.status(of: path)
            let size = status.size
            var start = max(0, size - Int64(Self.contentLimit))
            // Only the text after the last hole.
            while let hole = Self.hole(at: Self.endOfData(from: start, in: file, status), in: file, status) {
                start = hole.upperBound
            }
            var bytes = try file.read(Int(size - start), at: start, of: path)[...]
            if start > 0, let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) { bytes = bytes[(newline + 1)...] }
            if bytes.last == UInt8(ascii: "\n") { bytes = bytes.dropLast() }
            return encoding.text(of: bytes)
        } catch {
            guard error.code == ENOENT else { throw error }
            return ""
        }
    }

    /// The bytes of a part of the log. There are fewer only at its end.
    package func bytes(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil).read(count, at: offset, of: path)
    }

    /// The part of the log that begins at an offset: bytes up to the next discarded part, or a discarded part.
    package func part(at offset: Int64, count: Int) throws(SystemError) -> LogPart {
        let file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil)
        let status = try file.status(of: path)
        if let hole = Self.hole(at: offset, in: file, status) {
            return .leftOut(max(offset, hole.lowerBound)..<hole.upperBound)
        }
        let end = Self.endOfData(from: min(offset, status.size), in: file, status)
        return .bytes(try file.read(Int(min(Int64(count), max(0, end - offset))), at: offset, of: path))
    }

    /// Length of the log in bytes; 0 if there is no log, or if a link or a FIFO has taken its place.
    package var size: Int64 {
        FileStatus(ofPath: path).flatMap { $0.isRegular ? $0.size : nil } ?? 0
    }
}

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

/// A part of a log, byte for byte.
package enum LogPart: Sendable, Equatable {
    /// There are none at the end of the log.
    case bytes([UInt8])
    /// The collector discarded these bytes, because the log outgrew its limit.
    case leftOut(Range<Int64>)
}
