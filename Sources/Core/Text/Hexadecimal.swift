extension Sequence<UInt8> {
    /// The bytes as lower-case hexadecimal digits, two per byte.
    package var hexadecimal: String {
        var text: [UInt8] = []
        for byte in self { text += HexadecimalDigits.lower.pair(byte) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The digits of hexadecimal numbers, in lower or upper case.
struct HexadecimalDigits {
    static let upper = HexadecimalDigits("0123456789ABCDEF")
    static let lower = HexadecimalDigits("0123456789abcdef")

    private let digits: [UInt8]

    private init(_ digits: String) {
        self.digits = Array(digits.utf8)
    }

    /// The two digits of a byte.
    func pair(_ byte: UInt8) -> [UInt8] {
        [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
