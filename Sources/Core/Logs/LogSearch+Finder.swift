extension LogSearch {
    /// Finds the matches in parts of a log that consist of whole lines.
    struct Finder {
        private var kind: Kind
        private let encoding: LogEncoding
        private let deadline: ContinuousClock.Instant

        private enum Kind {
            case text(TextFinder)
            case expression(LogExpression)
            case errorLines(ErrorLineFinder)
        }

        /// - Parameter deadline: When a regular expression gives up.
        init(_ subject: Subject, encoding: LogEncoding, deadline: ContinuousClock.Instant) {
            switch subject {
            case .text(let text, let ignoresCase):
                kind = .text(TextFinder(text, encoding: encoding, ignoresCase: ignoresCase))
            case .expression(let expression): kind = .expression(expression)
            case .errorLines: kind = .errorLines(ErrorLineFinder())
            }
            self.encoding = encoding
            self.deadline = deadline
        }

        var isExpression: Bool {
            if case .expression = kind { true } else { false }
        }

        /// Calls `body` with the offset of each match in a part, in order, until it returns false.
        ///
        /// - Returns: False if the deadline has passed.
        mutating func forEachMatch(in part: UnsafeRawBufferPointer, _ body: (Int) -> Bool) -> Bool {
            switch kind {
            case .errorLines(var finder):
                finder.forEachMatch(in: part, body)
                kind = .errorLines(finder)
            case .text(let finder):
                let text = VisibleText(part)
                text.bytes.withUnsafeBytes { visible in
                    finder.forEachMatch(in: visible) { body(text.original(of: $0)) }
                }
            case .expression(let expression):
                let text = VisibleText(part)
                return text.bytes.withUnsafeBytes { visible in
                    expression.forEachMatch(in: visible, encoding: encoding, before: deadline) {
                        body(text.original(of: $0))
                    }
                }
            }
            return true
        }

        /// Reads what precedes the first byte that is searched, because successive lines with an error are one match.
        ///
        /// - Returns: The start of the line that is cut at this byte; nil if a line begins there.
        mutating func readLine(
            before position: Int64, in file: borrowing Descriptor, at path: String
        ) throws(SystemError) -> Int64? {
            guard case .errorLines(var finder) = kind, position > 0 else { return nil }
            let count = min(position, ErrorLineFinder.lineLimit)
            let bytes = try file.read(Int(count), at: position - count, of: path)
            let newline = UInt8(ascii: "\n")
            let line = bytes[(bytes.dropLast().lastIndex(of: newline).map { $0 + 1 } ?? 0)...]
            Array(line).withUnsafeBytes { finder.forEachMatch(in: $0) { _ in true } }
            kind = .errorLines(finder)
            return bytes.last == newline ? nil : position - Int64(line.count)
        }
    }
}
