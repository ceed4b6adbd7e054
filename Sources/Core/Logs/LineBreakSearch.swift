import CSystem
import Glibc

/// Counts the line breaks of a log, in steps of bounded duration. So line N is found, and the number of a line.
///
/// A discarded part counts as two, because the page shows a line of its own for it.
package struct LineBreakSearch: Sendable {
    /// Bytes that are read at once.
    private static let windowSize: Int64 = 1 << 20
    /// Line breaks that stand for a discarded part.
    private static let breaksOfHole = 2

    private let path: String

    package init(_ files: JobFiles) {
        path = files.log
    }

    /// Makes one step.
    ///
    /// - Parameters:
    ///   - range: The bytes to search.
    ///   - limit: Stops behind this line break, which is the match.
    ///   - duration: When the step ends, even if the search is not complete.
    ///   - isWanted: Whether to continue. It is asked after each megabyte.
    package func step(
        in range: Range<Int64>, limit: Int = .max, duration: Duration = .milliseconds(250),
        isWanted: () -> Bool = { true }
    ) throws(SystemError) -> LogSearch.Result {
        let deadline = ContinuousClock.now + duration
        let file: Descriptor
        do throws(SystemError) {
            file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil)
        } catch {
            guard error.code == ENOENT else { throw error }
            return LogSearch.Result()
        }
        var result = LogSearch.Result()
        let status = try file.status(of: path)
        result.size = status.size
        let end = min(range.upperBound, result.size)
        var position = range.lowerBound
        while position < end {
            let data = status.allocated < status.size ? system_seek_data(file.number, off_t(position)) : off_t(position)
            if data != position {
                position = data < 0 ? end : min(end, Int64(data))
                result.count += Self.breaksOfHole
                if result.count >= limit { return result.matching(position) }
            }
            var window = min(Self.windowSize, end - position)
            if status.allocated < status.size {
                let hole = system_seek_hole(file.number, off_t(position))
                if hole > position { window = min(window, Int64(hole) - position) }
            }
            let bytes = try file.read(Int(window), at: position, of: path)
            guard !bytes.isEmpty else { break }
            if let offset = Self.count(bytes, &result.count, limit: limit) {
                return result.matching(position + Int64(offset))
            }
            position += Int64(bytes.count)
            guard ContinuousClock.now < deadline, isWanted() else { break }
        }
        result.next = position >= end ? nil : position
        return result
    }

    /// Adds the line breaks of some bytes to a count. Returns the offset behind the one that reaches the limit.
    private static func count(_ bytes: [UInt8], _ count: inout Int, limit: Int) -> Int? {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return nil }
            var offset = 0
            while offset < raw.count, let found = memchr(base + offset, 0x0A, raw.count - offset) {
                offset = UnsafeRawPointer(found) - base + 1
                count += 1
                if count == limit { return offset }
            }
            return nil
        }
    }
}

extension LogSearch.Result {
    fileprivate func matching(_ offset: Int64) -> Self {
        var result = self
        result.match = offset
        result.line = offset
        return result
    }
}
