/// The character encoding of a command's output. Its log is read in this encoding. The bytes of the log stay as the
/// command wrote them, and offsets count these bytes.
package enum LogEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    case iso88591 = "iso-8859-1"
    case windows1252 = "windows-1252"

    /// Whether each byte is a character, so that text can be cut anywhere.
    var isSingleByte: Bool { self != .utf8 }

    /// The text of bytes. U+FFFD replaces invalid UTF-8. The other encodings give every byte a character.
    package func text(of bytes: some Collection<UInt8>) -> String {
        guard isSingleByte else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: utf8(of: bytes), as: UTF8.self)
    }

    /// The text of bytes in UTF-8. For UTF-8 these are the bytes themselves, also invalid ones.
    package func utf8(of bytes: some Collection<UInt8>) -> [UInt8] {
        guard isSingleByte, bytes.contains(where: { $0 >= 0x80 }) else { return Array(bytes) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 4)
        for byte in bytes {
            guard byte >= 0x80 else {
                result.append(byte)
                continue
            }
            // Two or three bytes; RFC 3629, section 3.
            let code = character(of: byte)
            if code < 0x800 {
                result.append(0xC0 | UInt8(code >> 6))
            } else {
                result.append(0xE0 | UInt8(code >> 12))
                result.append(0x80 | UInt8(code >> 6 & 0x3F))
            }
            result.append(0x80 | UInt8(code & 0x3F))
        }
        return result
    }

    /// The bytes of a text. A character that the encoding does not have becomes a question mark.
    func bytes(of text: String) -> [UInt8] {
        guard isSingleByte else { return Array(text.utf8) }
        return text.unicodeScalars.map { byte(of: $0) ?? UInt8(ascii: "?") }
    }

    /// The byte of a character; nil if this single-byte encoding does not have it.
    func byte(of scalar: Unicode.Scalar) -> UInt8? {
        guard let code = UInt16(exactly: scalar.value) else { return nil }
        if self == .windows1252, let index = Self.windows1252Characters.firstIndex(of: code) {
            return UInt8(0x80 + index)
        }
        guard self == .iso88591 || !(0x80...0x9F).contains(code) else { return nil }
        return UInt8(exactly: code)
    }

    private func character(of byte: UInt8) -> UInt16 {
        guard self == .windows1252, (0x80...0x9F).contains(byte) else { return UInt16(byte) }
        return Self.windows1252Characters[Int(byte) - 0x80]
    }

    /// The characters of the bytes 0x80 to 0x9F. The five unused bytes are control characters (WHATWG Encoding,
    /// index windows-1252).
    private static let windows1252Characters: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
        0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
