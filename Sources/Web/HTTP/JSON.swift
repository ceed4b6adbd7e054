import Foundation
import HTTPTypes

/// Writes JSON.
enum JSON {
    /// An answer with a value as its body.
    static func response(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
        Response(status, json: Array(try encode(value)))
    }

    /// A value as JSON text.
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    /// An object whose members keep their order, which `JSONEncoder` does not promise. The values are JSON text.
    static func object(_ members: [(name: String, json: String)]) -> String {
        var bytes = [UInt8(ascii: "{")]
        for member in members {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            append(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes += member.json.utf8
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An array of values that are JSON text already.
    static func array(_ values: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + values.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    private static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Appends text as a JSON string (RFC 8259, section 7). For long text this is several times faster than an encoder.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        append(text, lineBreak: #"\n"#, to: &bytes)
    }

    /// Appends the lines of a text as an array of strings. There is one line more than there are line breaks.
    static func append(linesOf text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        append(text, lineBreak: #"",""#, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
    }

    /// - Parameter lineBreak: What is written for a line break.
    private static func append(_ text: String, lineBreak: StaticString, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { text in
            // Whatever lies between two characters that are escaped is copied as a whole.
            var start = 0
            for (index, byte) in text.enumerated() where isEscaped(byte) {
                bytes.append(contentsOf: text[start..<index])
                if byte == UInt8(ascii: "\n") {
                    lineBreak.withUTF8Buffer { bytes.append(contentsOf: $0) }
                } else {
                    appendEscape(of: byte, to: &bytes)
                }
                start = index + 1
            }
            bytes.append(contentsOf: text[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// An optional value that is encoded as `null`. A plain optional property would leave out its key.
struct Nullable<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) {
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
