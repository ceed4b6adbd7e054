extension UInt8 {
    /// Whether it is an ASCII digit.
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether it is an ASCII letter.
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    /// Whether it is an ASCII letter or digit.
    var isLetterOrDigit: Bool { isLetter || isDigit }
}

extension String {
    /// Whether it consists of ASCII letters, digits and some marks. An empty string does.
    func isOfLettersAndDigits(and marks: String) -> Bool {
        utf8.allSatisfy { $0.isLetterOrDigit || marks.utf8.contains($0) }
    }
}

extension Character {
    /// Whether this is one of the digits 0 to 9. Requests may contain only these as numbers, because `Int` also reads a
    /// sign.
    package var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
