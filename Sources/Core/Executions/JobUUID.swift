import Foundation

/// The UUID of a job. Only text of this form becomes part of a path.
package struct JobUUID: Sendable, Hashable, CustomStringConvertible {
    private let text: String

    /// A random UUID (RFC 9562, version 4), in lower case.
    package init() {
        text = UUID().uuidString.lowercased()
    }

    /// Parses a UUID; nil unless it has the form 8-4-4-4-12 of hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        var lower: [UInt8] = []
        lower.reserveCapacity(36)
        for (index, byte) in text.utf8.enumerated() {
            switch (index, byte) {
            case (8, UInt8(ascii: "-")), (13, UInt8(ascii: "-")), (18, UInt8(ascii: "-")), (23, UInt8(ascii: "-")):
                lower.append(byte)
            case (8, _), (13, _), (18, _), (23, _):
                return nil
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")), (_, UInt8(ascii: "a")...UInt8(ascii: "f")):
                lower.append(byte)
            case (_, UInt8(ascii: "A")...UInt8(ascii: "F")):
                lower.append(byte | 0x20)
            default:
                return nil
            }
        }
        self.text = String(decoding: lower, as: UTF8.self)
    }

    /// The text, in lower case.
    package var description: String { text }
}
