/// The byte sequences by which a secret may appear in a command's output. The log's filter masks them.
///
/// Not found are parts of a secret, a secret that is compressed, encrypted or hashed, and one that the output interrupts:
/// by the line breaks of a dump, or of longer text in Base64.
struct SecretPatterns {
    /// Shorter sequences would mask half of every log.
    static let shortest = 4
    /// Minimum length of a single line of a multi-line secret, in bytes.
    private static let shortestLine = 8

    /// All patterns, sorted.
    let all: [[UInt8]]

    /// - Parameter encoding: The encoding of the command's output. The command may convert a secret to it.
    init(_ secrets: [Password], in encoding: LogEncoding = .utf8) {
        var found: Set<[UInt8]> = []
        for secret in secrets {
            let bytes = Array(secret.text.utf8)
            let bodies = Self.bodies(of: bytes)
            let texts = bodies.union(bodies.flatMap(Self.quoted)).union(Self.lines(of: bytes))
            found.formUnion(texts)
            found.formUnion(texts.compactMap { Self.converted($0, to: encoding) })
            for body in bodies.union(bodies.compactMap { Self.converted($0, to: encoding) }) {
                let encoded = Base64Patterns(body)
                found.formUnion(encoded.all)
                // Text with a secret in Base64 may itself be in Base64.
                found.formUnion(encoded.aligned.flatMap { Base64Patterns($0).all })
                found.formUnion(Self.percentEncoded(body))
                found.formUnion(Self.hexadecimal(body))
            }
        }
        all = found.filter { $0.count >= Self.shortest }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The secret itself, without white space around it, and with the line endings that programs convert.
    private static func bodies(of secret: [UInt8]) -> Set<[UInt8]> {
        let isSpace: (UInt8) -> Bool = { " \t\r\n".utf8.contains($0) }
        let trimmed = secret.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        let unix = String(decoding: trimmed, as: UTF8.self).replacing("\r\n", with: "\n")
        var bodies: Set = [secret, Array(trimmed), Array(unix.utf8)]
        bodies.insert(Array(unix.replacing("\n", with: "\r\n").utf8))
        return bodies
    }

    /// UTF-8 text in the encoding of the output; nil if that lacks one of the characters.
    private static func converted(_ utf8: [UInt8], to encoding: LogEncoding) -> [UInt8]? {
        guard encoding.isSingleByte else { return nil }
        let scalars = String(decoding: utf8, as: UTF8.self).unicodeScalars
        let bytes = scalars.compactMap(encoding.byte(of:))
        return bytes.count == scalars.count ? bytes : nil
    }

    /// The lines of a multi-line secret, because a key may be printed line by line or indented.
    private static func lines(of secret: [UInt8]) -> [[UInt8]] {
        let lines = secret.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map(Array.init)
        return lines.count > 1 ? lines.filter { $0.count >= shortestLine } : []
    }

    /// The characters besides letters and digits that URL encoders leave unchanged: RFC 3986; JavaScript's
    /// encodeURIComponent and encodeURI; Python's quote; PHP's urlencode; forms (WHATWG URL); none.
    private static let unreserved = [
        "-._~", "-_.!~*'()", ";,/?:@&=+$-_.!~*'()#", "-._~/", "-_.", "*-._", "",
    ]

    private static func percentEncoded(_ bytes: [UInt8]) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for kept in unreserved.map({ Set($0.utf8) }) {
            for digits in [upper, lower] {
                for isForm in [false, true] {
                    found.insert(
                        bytes.flatMap { byte -> [UInt8] in
                            if byte.isLetterOrDigit || kept.contains(byte) { return [byte] }
                            if isForm, byte == UInt8(ascii: " ") { return [UInt8(ascii: "+")] }
                            return [UInt8(ascii: "%")] + digits.pair(byte)
                        })
                }
            }
        }
        for digits in [upper, lower] { found.insert(bytes.flatMap { [UInt8(ascii: "%")] + digits.pair($0) }) }
        return found
    }

    /// What dumps write between bytes.
    private static let separators = ["", " ", ":", "-", ",", ", ", "\\x", " 0x", ",0x", ", 0x"]

    /// The bytes in hexadecimal: one by one, and in groups, which begin anywhere in the secret.
    private static func hexadecimal(_ bytes: [UInt8]) -> Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        for digits in [upper, lower] {
            let pairs = bytes.map(digits.pair)
            for separator in separators { found.insert(Array(pairs.joined(separator: separator.utf8))) }
            for size in [2, 4, 8] {
                for first in 0..<size {
                    let groups =
                        [pairs.prefix(first)]
                        + stride(from: first, to: pairs.count, by: size).map { start in
                            pairs[start..<min(start + size, pairs.count)]
                        }
                    let words = groups.filter { !$0.isEmpty }.map { Array($0.joined()) }
                    found.insert(Array(words.joined(separator: " ".utf8)))
                }
            }
        }
        return found
    }

    /// The secret as it is quoted: by shells, SQL and HTML, and by JSON, also JSON that is a text in JSON.
    private static func quoted(_ bytes: [UInt8]) -> Set<[UInt8]> {
        let text = String(decoding: bytes, as: UTF8.self)
        let json = JSONPatterns(text).all
        return QuotedPatterns(text).all.union(json)
            .union(json.flatMap { JSONPatterns(String(decoding: $0, as: UTF8.self)).all })
    }

    private static let upper = HexadecimalDigits.upper
    private static let lower = HexadecimalDigits.lower
}
