/// How JSON encoders write a text, without the quotes around it.
struct JSONPatterns {
    /// Differences between encoders. All of them escape quotes, backslashes and control characters.
    private struct Style {
        /// Characters that are escaped by number in addition, for HTML.
        var marks = ""
        /// The digits of these numbers.
        var markDigits = HexadecimalDigits.lower
        /// Whether a slash is escaped.
        var escapesSlash = false
        /// The digits of characters that are not ASCII; nil if they are not escaped.
        var otherDigits: HexadecimalDigits?
    }

    private static let styles = [
        // JavaScript, Rust, Java; Python; PHP with and without JSON_UNESCAPED_…; Java's Jackson, ASCII only.
        Style(), Style(otherDigits: .lower), Style(escapesSlash: true), Style(escapesSlash: true, otherDigits: .lower),
        Style(otherDigits: .upper),
        // Go; Java's Gson.
        Style(marks: "<>&"), Style(marks: "<>&='"),
        // PHP with JSON_HEX_…; .NET.
        Style(marks: "<>&'\"", markDigits: .upper, escapesSlash: true, otherDigits: .lower),
        Style(marks: "<>&'\"", markDigits: .upper, escapesSlash: true),
        Style(marks: "<>&'\"+`", markDigits: .upper, otherDigits: .upper),
    ]

    /// All patterns.
    let all: Set<[UInt8]>

    init(_ text: String) {
        all = Set(Self.styles.map { style in text.unicodeScalars.flatMap { Self.bytes($0, style) } })
    }

    private static func bytes(_ scalar: Unicode.Scalar, _ style: Style) -> [UInt8] {
        if style.marks.unicodeScalars.contains(scalar) { return numbered(scalar, style.markDigits) }
        switch scalar {
        case "\"": return Array("\\\"".utf8)
        case "\\": return Array("\\\\".utf8)
        case "/" where style.escapesSlash: return Array("\\/".utf8)
        case "\n": return Array("\\n".utf8)
        case "\r": return Array("\\r".utf8)
        case "\t": return Array("\\t".utf8)
        default: break
        }
        if scalar.value < 0x20 { return numbered(scalar, style.markDigits) }
        if !scalar.isASCII, let digits = style.otherDigits { return numbered(scalar, digits) }
        return Array(String(scalar).utf8)
    }

    private static func numbered(_ scalar: Unicode.Scalar, _ digits: HexadecimalDigits) -> [UInt8] {
        String(scalar).utf16.flatMap { unit in
            Array("\\u".utf8) + digits.pair(UInt8(unit >> 8)) + digits.pair(UInt8(unit & 0xff))
        }
    }
}
