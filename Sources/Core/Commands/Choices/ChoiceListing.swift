/// The output of a ``ChoiceProgram``: one value per line, optionally followed by a tab and a label.
///
/// Blank lines and repeated values are ignored. Invalid lines are ignored and counted: lines with control characters,
/// with bytes that are not UTF-8, or longer than ``maxLineLength``.
struct ChoiceListing: Equatable {
    /// Maximum length of a line, in bytes.
    static let maxLineLength = 1000
    /// Maximum number of values.
    static let maxChoices = 20_000

    /// The choices, in the program's order.
    private(set) var choices: [Choice] = []
    /// Number of invalid lines.
    private(set) var ignoredLines = 0

    init(_ output: String) throws(TooManyChoicesError) {
        var seen: Set<[UInt8]> = []
        for line in output.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard let value = parts.first, !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
            else { continue }
            guard !value.isEmpty, line.count <= Self.maxLineLength, parts.allSatisfy(Self.isValid) else {
                ignoredLines += 1
                continue
            }
            guard seen.insert(Array(value.utf8)).inserted else { continue }
            guard choices.count < Self.maxChoices else { throw TooManyChoicesError() }
            let label = parts.count > 1 ? parts[1].trimmingWhitespace : ""
            choices.append(Choice(value, label: label.isEmpty ? nil : label))
        }
    }

    /// Decoding has replaced bytes that are not UTF-8 by U+FFFD.
    private static func isValid(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{FFFD}" }
    }
}

/// A choice program printed too many values.
struct TooManyChoicesError: Error, Equatable, CustomStringConvertible {
    var description: String { "it printed more than \(ChoiceListing.maxChoices) values." }
}

/// A value that a person can choose.
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
