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
        var text = text
        guard text.utf8.count == 36, let isLower = text.withUTF8({ Self.isLower($0) }) else { return nil }
        self.text = isLower ? text : text.lowercased()
    }

    /// Whether the letters of a UUID are lower case; nil if the bytes are no UUID.
    private static func isLower(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        var isLower = true
        for index in bytes.indices {
            switch (index, bytes[index]) {
            case (8, let byte), (13, let byte), (18, let byte), (23, let byte):
                guard byte == UInt8(ascii: "-") else { return nil }
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")), (_, UInt8(ascii: "a")...UInt8(ascii: "f")): break
            case (_, UInt8(ascii: "A")...UInt8(ascii: "F")): isLower = false
            default: return nil
            }
        }
        return isLower
    }

    /// The text, in lower case.
    package var description: String { text }
}
