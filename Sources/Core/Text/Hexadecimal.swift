extension Sequence<UInt8> {
    /// The bytes as lower-case hexadecimal digits, two per byte.
    package var hexadecimal: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
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
