extension UInt8 {
    /// Whether it is one of the ASCII digits.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether it is one of the ASCII letters.
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    /// Whether it is either.
    var isLetterOrDigit: Bool { isLetter || isDigit }
}

extension String {
    /// Whether it is made of ASCII letters, digits, and these marks alone. An empty one is.
    func isOfLettersAndDigits(and marks: String) -> Bool {
        utf8.allSatisfy { $0.isLetterOrDigit || marks.utf8.contains($0) }
    }
}
