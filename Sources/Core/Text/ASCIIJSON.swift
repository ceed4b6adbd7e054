import Foundation

/// JSON in ASCII, so that no terminal and no viewer obeys what a client wrote.
package enum ASCIIJSON {
    /// A value on one line, without the line break. The members of objects are sorted by name.
    package static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text: [UInt8] = []
        for scalar in String(decoding: try encoder.encode(value), as: UTF8.self).unicodeScalars {
            // What is not ASCII can only stand in a text of JSON, where it may be escaped (RFC 8259, section 7).
            guard scalar.value >= 0x7F else {
                text.append(UInt8(scalar.value))
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                text += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
