/// A value of a statement, as text for PostgreSQL.
struct Value: Sendable {
    /// The text; nil for NULL.
    let text: String?

    /// A text. U+FFFD replaces NUL, which PostgreSQL cannot store.
    init(_ text: String?) {
        guard let text, text.utf8.contains(0) else {
            self.text = text
            return
        }
        self.text = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    init(_ number: Int64?) {
        text = number.map { String($0) }
    }

    init(_ number: Int?) {
        self.init(number.map { Int64($0) })
    }

    /// A list of texts of the type `text[]` (PostgreSQL's manual, 8.15.2).
    init(list: some Sequence<String>) {
        self.init(array: list.map(Optional.some))
    }

    /// An array whose elements are quoted, and may be null.
    init(array: [String?]) {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, text) in array.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            guard let text else {
                bytes += Array("NULL".utf8)
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
