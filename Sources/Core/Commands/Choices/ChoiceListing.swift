/// What a ``ChoiceProgram`` has printed: one value a line; what stands behind a tab is its label.
///
/// Blank lines and repeated values are dropped. A line that no argument, or no page, should get is left out and
/// counted: one with control characters, with bytes that are not UTF-8, or longer than ``longest``.
struct ChoiceListing: Equatable {
    /// Bytes of a line at the most.
    static let longest = 1000
    /// Values at the most: nobody chooses from more.
    static let most = 20_000

    /// In the program's order.
    private(set) var choices: [Choice] = []
    /// Lines that were left out.
    private(set) var leftOut = 0

    /// Reads a program's output.
    ///
    /// - Throws: ``TooManyChoicesError``.
    init(_ output: String) throws(TooManyChoicesError) {
        var seen: Set<[UInt8]> = []
        for line in output.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard let value = parts.first, !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
            else { continue }
            guard !value.isEmpty, line.count <= Self.longest, parts.allSatisfy(Self.isClean) else {
                leftOut += 1
                continue
            }
            guard seen.insert(Array(value.utf8)).inserted else { continue }
            guard choices.count < Self.most else { throw TooManyChoicesError() }
            let label = parts.count > 1 ? parts[1].trimmingWhitespace : ""
            choices.append(Choice(value, label: label.isEmpty ? nil : label))
        }
    }

    /// Bytes that are not UTF-8 have become U+FFFD.
    private static func isClean(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{FFFD}" }
    }
}

/// There are too many lines.
struct TooManyChoicesError: Error, Equatable, CustomStringConvertible {
    var description: String { "it printed more than \(ChoiceListing.most) values." }
}

/// One value of a choice.
package struct Choice: Sendable, Equatable, Codable {
    /// The text that the command gets.
    package let value: String
    /// The text that people read; nil if it is the value.
    package let label: String?

    package init(_ value: String, label: String? = nil) {
        self.value = value
        self.label = label
    }
}
