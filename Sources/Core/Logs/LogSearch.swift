import CSystem
import Glibc

/// Searches a log, in steps of bounded duration and with bounded memory.
///
/// Escape sequences are left out, so that a text is found as the page shows it. Text that the job overwrote later is
/// found, too.
package struct LogSearch: Sendable {
    /// Bytes that are read at once.
    private static let windowSize: Int64 = 1 << 20
    /// Bytes that are read at once for a regular expression, which is slower.
    private static let expressionWindowSize: Int64 = 1 << 18
    /// Bytes that are searched twice if a line is longer than a window.
    private static let overlap: Int64 = 4096
    /// Time that a regular expression gets for a window after the end of the step.
    private static let patience = Duration.milliseconds(500)

    private let path: String
    private let encoding: LogEncoding

    package init(_ files: JobFiles, encoding: LogEncoding) {
        path = files.log
        self.encoding = encoding
    }

    /// What to search for, and where.
    package struct Query: Sendable {
        package let subject: Subject
        /// The first byte, or behind the last byte if the search goes backward.
        package let from: Int64
        /// Behind the last byte of a search forward.
        package let end: Int64
        package let goesBackward: Bool
        /// Whether to count all matches instead of stopping at the first.
        package let countsAll: Bool

        package init(
            _ subject: Subject, from: Int64, end: Int64 = .max, goesBackward: Bool = false, countsAll: Bool = false
        ) {
            self.subject = subject
            self.from = from
            self.end = end
            self.goesBackward = goesBackward
            self.countsAll = countsAll
        }
    }

    /// What counts as a match.
    package enum Subject: Sendable {
        case text(String, ignoresCase: Bool)
        case expression(LogExpression)
        /// The first of successive lines that tell an error. They are found forward only.
        case errorLines
    }

    /// What a step found.
    package struct Result: Sendable, Equatable {
        /// Offset of the first match, in bytes.
        package var match: Int64?
        /// Offset of the line of this match, in bytes.
        package var line: Int64?
        /// Number of matches in the searched part.
        package var count = 0
        /// Where the next step continues; nil if the search is complete, or stopped at a match.
        package var next: Int64?
        /// Length of the log in bytes.
        package var size: Int64 = 0
        /// Whether the regular expression takes too long for this log. Then the search cannot go on.
        package var isTooSlow = false
    }

    /// Makes one step.
    ///
    /// - Parameters:
    ///   - duration: When the step ends, even if the search is not complete.
    ///   - isWanted: Whether to continue. It is asked after each megabyte.
    package func step(
        _ query: Query, duration: Duration = .milliseconds(250), isWanted: () -> Bool = { true }
    ) throws(SystemError) -> Result {
        let deadline = ContinuousClock.now + duration
        let file: Descriptor
        do throws(SystemError) {
            file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil)
        } catch {
            guard error.code == ENOENT else { throw error }
            return Result()
        }
        var result = Result()
        result.size = try file.status(of: path).size
        let end = min(query.end, result.size)
        var position = query.goesBackward ? min(query.from, end) : max(0, query.from)
        var finder = Finder(query.subject, encoding: encoding, deadline: deadline + Self.patience)
        let size = finder.isExpression ? Self.expressionWindowSize : Self.windowSize
        let cutLine = try finder.readLine(before: min(position, end), in: file, at: path)
        while query.goesBackward ? position > 0 : position < end {
            let window =
                query.goesBackward
                ? max(0, position - size)..<position : Self.data(from: position, size: size, in: file, end: end)
            guard !window.isEmpty else { break }
            let bytes = try file.read(Int(window.upperBound - window.lowerBound), at: window.lowerBound, of: path)
            guard !bytes.isEmpty else { break }
            let part =
                query.goesBackward ? Self.lastLines(of: bytes, in: window) : Self.firstLines(of: bytes, in: window, end)
            search(bytes, part, from: window.lowerBound, &finder, query, &result)
            if result.isTooSlow { return result }
            let edge = query.goesBackward ? part.lowerBound : part.upperBound
            position = window.lowerBound + Int64(edge)
            if query.goesBackward, part.lowerBound > 0, bytes[part.lowerBound - 1] != UInt8(ascii: "\n") {
                position += min(Self.overlap, Int64(part.count) / 2)
            }
            if result.match == query.from, let cutLine { result.line = cutLine }
            if !query.countsAll, result.match != nil { return result }
            guard ContinuousClock.now < deadline, isWanted() else { break }
        }
        let isComplete = query.goesBackward ? position <= 0 : position >= end
        result.next = isComplete ? nil : position
        return result
    }

    private func search(
        _ bytes: [UInt8], _ part: Range<Int>, from start: Int64, _ finder: inout Finder, _ query: Query,
        _ result: inout Result
    ) {
        bytes.withUnsafeBytes { raw in
            var found: Int?
            var count = 0
            let isComplete = finder.forEachMatch(in: UnsafeRawBufferPointer(rebasing: raw[part])) { offset in
                count += 1
                if query.goesBackward || found == nil { found = offset }
                return query.countsAll || query.goesBackward
            }
            result.isTooSlow = !isComplete
            result.count += count
            guard result.match == nil, let found else { return }
            let offset = part.lowerBound + found
            let before = raw[part.lowerBound..<offset].lastIndex(of: UInt8(ascii: "\n"))
            result.match = start + Int64(offset)
            result.line = start + Int64(before.map { $0 + 1 } ?? part.lowerBound)
        }
    }

    /// The next window of a search forward. The discarded middle of a log is skipped.
    private static func data(
        from position: Int64, size: Int64, in file: borrowing Descriptor, end: Int64
    ) -> Range<Int64> {
        let data = system_seek_data(file.number, off_t(position))
        let start = data > position ? Int64(data) : position
        return start < end ? start..<min(end, start + size) : end..<end
    }

    /// The part of a window that ends with a line, so that no match is cut.
    private static func firstLines(of bytes: [UInt8], in window: Range<Int64>, _ end: Int64) -> Range<Int> {
        guard window.lowerBound + Int64(bytes.count) < end else { return 0..<bytes.count }
        if let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) { return 0..<newline + 1 }
        let kept = bytes.count - Int(overlap)
        return 0..<(kept > 0 ? kept : bytes.count)
    }

    /// The part of a window that begins with a line.
    private static func lastLines(of bytes: [UInt8], in window: Range<Int64>) -> Range<Int> {
        guard window.lowerBound > 0, let newline = bytes.dropLast().firstIndex(of: UInt8(ascii: "\n")) else {
            return 0..<bytes.count
        }
        return newline + 1..<bytes.count
    }
}
