import Glibc

/// Finds the lines of a log that tell an error, by a word or by the colour red. `error_lines.js` of the page follows the
/// same rules.
struct ErrorLineFinder {
    /// Bytes of the line before a search that are taken into account.
    static let lineLimit: Int64 = 65536

    /// Whether the line before the next part tells an error.
    private var isBehindError = false

    /// Every error word contains one of these.
    private static let stems = TextFinder(
        anyOf: ["error", "fatal", "exception", "fail", "panic", "traceback", "critical", "fehler"])
    private static let words: Set<String> = [
        "error", "errors", "fatal", "failed", "failure", "failures", "panic", "traceback", "critical", "fehler",
    ]
    private static let countedWords: Set<String> = ["error", "errors", "failed", "failure", "failures", "fehler"]
    private static let negations: Set<String> = ["0", "no", "without", "kein", "keine"]
    /// Red and bright red of the 16 colours, and the reds of the 256 colours.
    private static let reds: Set<Int> = [1, 9, 124, 160, 196, 197, 203]

    /// Calls `body` with the start of each line that tells an error, unless it directly follows another one, in order,
    /// until it returns false.
    ///
    /// - Parameter part: Whole lines. The next call gets the lines that follow.
    mutating func forEachMatch(in part: UnsafeRawBufferPointer, _ body: (Int) -> Bool) {
        var endOfError = isBehindError ? 0 : -1
        isBehindError = false
        for start in Set(Self.linesWithWords(part) + Self.linesWithRed(part)).sorted() {
            let isFirst = start != endOfError
            endOfError = Self.endOfLine(at: start, in: part)
            if isFirst, !body(start) { return }
        }
        isBehindError = endOfError == part.count
    }

    private static func linesWithWords(_ part: UnsafeRawBufferPointer) -> [Int] {
        var lines: [Int] = []
        var end = 0
        let text = VisibleText(part)
        text.bytes.withUnsafeBytes { visible in
            stems.forEachMatch(in: visible) { offset in
                let original = text.original(of: offset)
                guard lines.isEmpty || original >= end, isErrorWord(at: offset, in: visible) else { return true }
                lines.append(startOfLine(at: original, in: part))
                end = endOfLine(at: original, in: part)
                return true
            }
        }
        return lines
    }

    private static func linesWithRed(_ part: UnsafeRawBufferPointer) -> [Int] {
        var lines: [Int] = []
        var position = 0
        while position < part.count, let base = part.baseAddress,
            let found = memchr(base + position, 0x1B, part.count - position)
        {
            let escape = UnsafeRawPointer(found) - base
            position = escape + 1
            guard let end = endOfRed(at: escape, in: part), end < part.count, part[end] >= 0x20 else { continue }
            lines.append(startOfLine(at: escape, in: part))
            position = endOfLine(at: escape, in: part)
        }
        return lines
    }

    /// Whether the word around an offset tells an error. "0 errors" and "errors: 0" tell none.
    private static func isErrorWord(at offset: Int, in text: UnsafeRawBufferPointer) -> Bool {
        let range = rangeOfWord(at: offset, in: text)
        let word = lowercased(text[range])
        guard words.contains(word) || word.hasSuffix("exception") else { return false }
        guard countedWords.contains(word) else { return true }
        if range.lowerBound > 1, text[range.lowerBound - 1] == UInt8(ascii: " "), isWord(text[range.lowerBound - 2]) {
            let before = rangeOfWord(at: range.lowerBound - 2, in: text)
            if negations.contains(lowercased(text[before])) { return false }
        }
        guard word != "fehler" else { return true }
        var next = text[range.upperBound...].prefix(3)
        guard let sign = next.popFirst(), sign == UInt8(ascii: ":") || sign == UInt8(ascii: "=") else { return true }
        if next.first == UInt8(ascii: " ") { next = next.dropFirst() }
        return next.first != UInt8(ascii: "0")
    }

    /// The end of the escape sequence at an offset that makes the text or its background red; nil for another one.
    private static func endOfRed(at escape: Int, in part: UnsafeRawBufferPointer) -> Int? {
        let parameters = part[(escape + 1)...].prefix(64)
        guard parameters.first == UInt8(ascii: "["),
            let end = parameters.dropFirst().firstIndex(where: { !(0x30...0x3B).contains($0) }),
            part[end] == UInt8(ascii: "m")
        else { return nil }
        let codes = part[(escape + 2)..<end].split(whereSeparator: {
            $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ":")
        })
        .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        var index = 0
        while index < codes.count {
            switch codes[index] {
            case 31, 41, 91, 101: return end + 1
            case 38, 48:
                let isOfPalette = index + 2 < codes.count && codes[index + 1] == 5
                if isOfPalette, reds.contains(codes[index + 2]) { return end + 1 }
                index += isOfPalette ? 3 : 5
            default: index += 1
            }
        }
        return nil
    }

    private static func startOfLine(at offset: Int, in part: UnsafeRawBufferPointer) -> Int {
        part[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    }

    private static func endOfLine(at offset: Int, in part: UnsafeRawBufferPointer) -> Int {
        guard let base = part.baseAddress, let newline = memchr(base + offset, 0x0A, part.count - offset) else {
            return part.count
        }
        return UnsafeRawPointer(newline) - base + 1
    }

    private static func rangeOfWord(at offset: Int, in text: UnsafeRawBufferPointer) -> Range<Int> {
        let start = text[..<offset].lastIndex { !isWord($0) }.map { $0 + 1 } ?? 0
        return start..<(text[offset...].firstIndex { !isWord($0) } ?? text.count)
    }

    /// Whether a byte is a letter, digit or underscore of ASCII.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: (byte | 0x20) &- UInt8(ascii: "a") < 26
        }
    }

    private static func lowercased(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        bytes.count > 64
            ? String(decoding: bytes.suffix(64), as: UTF8.self).lowercased()
            : String(decoding: bytes, as: UTF8.self).lowercased()
    }
}
