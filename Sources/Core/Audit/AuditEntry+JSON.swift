import Foundation

extension AuditEntry {
    /// The entry as one line of JSON in ASCII, so that no terminal and no viewer obeys what a client wrote.
    package func jsonLine() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line: [UInt8] = []
        for scalar in String(decoding: try encoder.encode(self), as: UTF8.self).unicodeScalars {
            // What is not ASCII can only stand in a text of JSON, where it may be escaped (RFC 8259, section 7).
            guard scalar.value >= 0x7F else {
                line.append(UInt8(scalar.value))
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                line += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            }
        }
        return line + [UInt8(ascii: "\n")]
    }
}
