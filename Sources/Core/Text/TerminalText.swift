/// Makes a stream of UTF-8 harmless for a terminal: control characters become visible.
///
/// A terminal obeys escape sequences, which could change its title, its clipboard or what is on the screen already.
/// They stay readable: ESC becomes U+241B, and so on. Line feeds, tabs, and carriage returns at the end of a line are
/// kept.
package struct TerminalText {
    /// The first byte of a character of two bytes that may be a control character (U+0080 to U+009F), or a carriage
    /// return. The next part of the stream decides.
    private var held: UInt8?

    package init() {}

    /// The next part of the stream.
    package mutating func neutralised(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes {
            if let first = held {
                held = nil
                if first == 0xC2, (0x80...0x9F).contains(byte) {
                    output += "\u{FFFD}".utf8
                    continue
                }
                if first == UInt8(ascii: "\r"), byte != UInt8(ascii: "\n") {
                    Self.append(picture: first, to: &output)
                } else {
                    output.append(first)
                }
            }
            switch byte {
            case 0xC2, UInt8(ascii: "\r"): held = byte
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"), 0x20...0x7E, 0x80...: output.append(byte)
            default: Self.append(picture: byte, to: &output)
            }
        }
        return output
    }

    /// What was held back at the end of the stream.
    package mutating func rest() -> [UInt8] {
        defer { held = nil }
        return held.map { [$0] } ?? []
    }

    /// Appends the picture of a control character: U+2400 and the following, and U+2421 for DEL.
    private static func append(picture byte: UInt8, to output: inout [UInt8]) {
        output += [0xE2, 0x90, 0x80 + (byte == 0x7F ? 0x21 : byte)]
    }
}
