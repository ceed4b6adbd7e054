/// How shells, SQL and HTML write a text, without the quotes around it.
struct QuotedPatterns {
    /// All patterns.
    let all: Set<[UInt8]>

    init(_ text: String) {
        all = Self.shell(text).union(Self.sql(text)).union(Self.html(text))
    }

    private static func escaped(_ text: String, _ escape: (Unicode.Scalar) -> String?) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in Array((escape(scalar) ?? String(scalar)).utf8) }
    }

    private static func shell(_ text: String) -> Set<[UInt8]> {
        [
            escaped(text) { $0 == "'" ? "'\\''" : nil },
            escaped(text) { $0 == "'" ? "'\"'\"'" : nil },
            escaped(text) { "\"\\$`".unicodeScalars.contains($0) ? "\\" + String($0) : nil },
            escaped(text) {
                $0.isASCII && !($0.properties.isAlphabetic || "0123456789,._+:@%/-".unicodeScalars.contains($0))
                    ? "\\" + String($0) : nil
            },
        ]
    }

    /// A quote is doubled (standard SQL), or quotes and backslashes have a backslash (MySQL, PostgreSQL's E'').
    private static func sql(_ text: String) -> Set<[UInt8]> {
        let controls: [Unicode.Scalar: String] = ["\0": "\\0", "\n": "\\n", "\r": "\\r", "\u{1A}": "\\Z"]
        return [
            escaped(text) { $0 == "'" ? "''" : nil },
            escaped(text) { $0 == "'" ? "''" : $0 == "\\" ? "\\\\" : nil },
            escaped(text) { $0 == "'" || $0 == "\\" ? "\\" + String($0) : nil },
            escaped(text) { "'\"\\".unicodeScalars.contains($0) ? "\\" + String($0) : controls[$0] },
        ]
    }

    /// The marks as names or numbers, and other characters as they are or as numbers.
    private static func html(_ text: String) -> Set<[UInt8]> {
        let names: [Unicode.Scalar: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;"]
        var found: Set<[UInt8]> = []
        for quote in ["\"", "&quot;", "&#34;", "&#034;", "&#x22;"] {
            for apostrophe in ["'", "&#39;", "&#039;", "&#x27;", "&apos;"] {
                for other in [nil, decimal, hexadecimal] as [((Unicode.Scalar) -> String)?] {
                    found.insert(
                        escaped(text) { scalar in
                            switch scalar {
                            case "\"": quote
                            case "'": apostrophe
                            default: names[scalar] ?? (scalar.isASCII ? nil : other?(scalar))
                            }
                        })
                }
            }
        }
        // Each mark as a number.
        for number in [decimal, hexadecimal] {
            found.insert(escaped(text) { names[$0] != nil || "\"'".unicodeScalars.contains($0) ? number($0) : nil })
            found.insert(escaped(text, number))
        }
        return found
    }

    private static func decimal(_ scalar: Unicode.Scalar) -> String { "&#\(scalar.value);" }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        "&#x\(String(scalar.value, radix: 16));"
    }
}
