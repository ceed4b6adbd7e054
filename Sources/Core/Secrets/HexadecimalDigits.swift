/// The digits of hexadecimal numbers, small or capital.
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
