/// Follows the bytes of a JSON document, and tells which of them are part of a text (RFC 8259, section 7).
package struct JSONQuoting {
    /// Whether a text has begun and not ended.
    package private(set) var isInText = false
    private var isEscaped = false

    package init() {}

    /// Whether the next byte belongs to a text or is one of its quotes. Brackets and commas there have no meaning.
    package mutating func isText(_ byte: UInt8) -> Bool {
        guard isInText else {
            isInText = byte == UInt8(ascii: "\"")
            return isInText
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInText = false
        }
        return true
    }
}
