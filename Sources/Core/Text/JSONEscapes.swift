/// Converts JSON escapes that YAML does not know.
enum JSONEscapes {
    /// JSON text with every pair of escaped surrogates (RFC 8259, section 7) replaced by its character, because YAML
    /// has no surrogates. Line numbers stay the same.
    static func withoutSurrogates(_ json: String) -> String {
        var result: [UInt8] = []
        var rest = Array(json.utf8)[...]
        while let byte = rest.first {
            if let character = pair(rest) {
                result += String(character).utf8
                rest = rest.dropFirst(12)
            } else if byte == backslash, rest.count > 1 {
                // The escaped character, which may be a backslash, does not begin another escape.
                result += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let backslash = UInt8(ascii: "\\")

    /// The character of a pair of escaped surrogates at the start.
    private static func pair(_ bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard let high = unit(bytes), (0xD800...0xDBFF).contains(high),
            let low = unit(bytes.dropFirst(6)), (0xDC00...0xDFFF).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    }

    /// The value of an escape of four hexadecimal digits at the start.
    private static func unit(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        guard bytes.starts(with: [backslash, UInt8(ascii: "u")]) else { return nil }
        let digits = bytes.dropFirst(2).prefix(4)
        guard digits.count == 4 else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
