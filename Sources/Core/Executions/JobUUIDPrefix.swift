/// The beginning of the UUID of a job, as a person types it.
package struct JobUUIDPrefix: Sendable, Hashable, CustomStringConvertible {
    /// Minimum number of hexadecimal digits. Fewer would rarely be unambiguous.
    package static let minimum = 4

    private let text: String

    /// Parses hexadecimal digits; nil for other text, and for fewer than ``minimum`` or more than 32 digits. Hyphens may
    /// be missing, but stand in no other places than those of a UUID.
    package init?(_ text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
        guard (Self.minimum...32).contains(digits.count) else { return nil }
        var normal = ""
        for (index, digit) in digits.enumerated() {
            let character = Character(Unicode.Scalar(digit))
            guard character.isHexDigit, character.isASCII else { return nil }
            if [8, 12, 16, 20].contains(index) { normal.append("-") }
            normal.append(contentsOf: character.lowercased())
        }
        let typed = text.lowercased()
        let known = typed.hasSuffix("-") ? String(typed.dropLast()) : typed
        guard !typed.contains("-") || known == normal else { return nil }
        self.text = normal
    }

    /// The text with its hyphens, in lower case.
    package var description: String { text }

    /// A text that follows all UUIDs with this beginning, byte by byte, and precedes all later ones.
    package var end: String { text + "g" }

    /// Whether a UUID begins so.
    package func matches(_ uuid: String) -> Bool { uuid.hasPrefix(text) }
}
