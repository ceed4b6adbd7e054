import Foundation

/// A regular expression in ICU's syntax that is searched for in the lines of a log.
///
/// Swift's `Regex` is not used, because its search cannot be interrupted (see ``TextPattern``).
package struct LogExpression: Sendable {
    private let expression: NSRegularExpression
    /// A text that every match contains, if one is known. Lines without it are passed over quickly.
    private let literal: String?
    private let ignoresCase: Bool

    /// Compiles a pattern; nil if it is not a regular expression.
    package init?(_ pattern: String, ignoresCase: Bool) {
        var options: NSRegularExpression.Options = .anchorsMatchLines
        if ignoresCase { options.insert(.caseInsensitive) }
        guard let expression = try? NSRegularExpression(pattern: pattern, options: options) else { return nil }
        self.expression = expression
        self.ignoresCase = ignoresCase
        literal = Self.literal(of: pattern, ignoresCase: ignoresCase)
    }

    /// Calls `body` with the offset of each match that is not empty, in order, until it returns false. No match crosses
    /// the end of a line.
    ///
    /// - Returns: False if the deadline has passed.
    func forEachMatch(
        in bytes: UnsafeRawBufferPointer, encoding: LogEncoding, before deadline: ContinuousClock.Instant,
        _ body: (Int) -> Bool
    ) -> Bool {
        guard let literal else {
            return search(bytes, 0..<bytes.count, encoding, deadline, body) != .late
        }
        var outcome = Outcome.complete
        var end = 0
        TextFinder(literal, encoding: encoding, ignoresCase: ignoresCase).forEachMatch(in: bytes) { offset in
            guard offset >= end else { return true }
            let start = bytes[..<offset].lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
            end = bytes[offset...].firstIndex(of: Self.newline) ?? bytes.count
            outcome = search(bytes, start..<end, encoding, deadline, body)
            return outcome == .complete
        }
        return outcome != .late
    }

    private static let newline = UInt8(ascii: "\n")

    private enum Outcome {
        /// `late` if the deadline has passed; `stopped` if the caller wants no more matches.
        case complete, late, stopped
    }

    /// Searches some lines at once, and one by one if a match crosses the end of a line.
    private func search(
        _ bytes: UnsafeRawBufferPointer, _ lines: Range<Int>, _ encoding: LogEncoding,
        _ deadline: ContinuousClock.Instant, _ body: (Int) -> Bool
    ) -> Outcome {
        let part = bytes[lines]
        let text = encoding.text(of: part)
        // Replaced bytes would shift the offsets of later lines.
        let isExact = encoding.isSingleByte || text.utf8.count == part.count
        let isOneLine = !part.contains(Self.newline)
        if isExact || isOneLine {
            guard let matches = matches(in: text, before: deadline) else { return .late }
            let crossesLines = !isOneLine && matches.contains { text.crossesLine($0) }
            if !crossesLines {
                for match in matches {
                    let offset = encoding.isSingleByte ? match.location : text.utf8Offset(match.location)
                    if !body(lines.lowerBound + min(offset, part.count)) { return .stopped }
                }
                return .complete
            }
        }
        var start = lines.lowerBound
        while start < lines.upperBound {
            let end = bytes[start..<lines.upperBound].firstIndex(of: Self.newline) ?? lines.upperBound
            let outcome = search(bytes, start..<end, encoding, deadline, body)
            guard outcome == .complete else { return outcome }
            start = end + 1
        }
        return .complete
    }

    /// The matches in a text that are not empty; nil if the deadline has passed.
    private func matches(in text: String, before deadline: ContinuousClock.Instant) -> [NSRange]? {
        // The block is called before this function returns. A lock for each match would take more time than the match.
        nonisolated(unsafe) var found: [NSRange] = []
        nonisolated(unsafe) var isLate = false
        let whole = NSRange(location: 0, length: text.utf16.count)
        expression.enumerateMatches(in: text, options: .reportProgress, range: whole) { match, _, stop in
            if let match, match.range.length > 0 {
                found.append(match.range)
            } else if ContinuousClock.now > deadline {
                isLate = true
                stop.pointee = true
            }
        }
        return isLate ? nil : found
    }

    /// The longest text that every match of a pattern contains; nil if that is not plain to see.
    ///
    /// A letter outside of ASCII may match in several spellings. Without regard to case, K and S also match the Kelvin
    /// sign and the long s. All of these end a text.
    static func literal(of pattern: String, ignoresCase: Bool) -> String? {
        guard !pattern.contains("|"), !pattern.contains("(?"), !pattern.contains("\\Q") else { return nil }
        var longest = ""
        var current = ""
        var depth = 0
        var rest = Substring(pattern)
        func endText() {
            if current.count > longest.count { longest = current }
            current = ""
        }
        while let character = rest.popFirst() {
            switch character {
            case "*", "?", "{":
                // The character before is optional.
                current = String(current.dropLast())
                endText()
                if character == "{" { rest = rest.drop { $0 != "}" }.dropFirst() }
            case "(", "[":
                endText()
                if character == "[" { rest = Self.behindSet(rest) } else { depth += 1 }
            case ")":
                endText()
                depth -= 1
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                let isPunctuation = escaped.isASCII && !escaped.isLetter && !escaped.isNumber
                if !isPunctuation || depth > 0 { endText() } else { current.append(escaped) }
                // The rest of an escape such as \x{41}, \p{L} or \u0041 is no text of the log.
                if "xuUpPNckc0".contains(escaped) { return longest.count > 1 ? longest : nil }
            case ".", "^", "$", "+": endText()
            default:
                let folds = !character.isASCII || "kKsS".contains(character)
                if depth > 0 || (ignoresCase && folds) || !character.isASCII {
                    endText()
                } else {
                    current.append(character)
                }
            }
        }
        endText()
        return longest.count > 1 ? longest : nil
    }

    /// The pattern behind a set of characters, which may contain other sets.
    private static func behindSet(_ pattern: Substring) -> Substring {
        var rest = pattern
        var depth = 1
        if rest.first == "^" { rest.removeFirst() }
        // A bracket at the start of a set is a character of it.
        if rest.first == "]" { rest.removeFirst() }
        while depth > 0, let character = rest.popFirst() {
            switch character {
            case "\\": rest = rest.dropFirst()
            case "[": depth += 1
            case "]": depth -= 1
            default: break
            }
        }
        return rest
    }
}

extension String {
    /// Whether a range of UTF-16 contains a line break.
    fileprivate func crossesLine(_ range: NSRange) -> Bool {
        let start = utf16.index(utf16.startIndex, offsetBy: range.location)
        return utf16[start...].prefix(range.length).contains(0x0A)
    }

    /// The offset in UTF-8 of an offset in UTF-16.
    fileprivate func utf8Offset(_ offset: Int) -> Int {
        utf8.distance(from: startIndex, to: utf16.index(startIndex, offsetBy: offset))
    }
}
