/// Names of users and groups, and other values that decide about rights.
package enum IdentityText {
    /// What is wrong with a text, as the end of a sentence; nil if it can identify someone.
    ///
    /// Control characters and line separators would let a name forge lines of logs. U+FFFD shows that an earlier
    /// program replaced bytes that it could not decode, so different people may have become one name.
    package static func problem(_ text: String) -> String? {
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control: return "has a control character"
            case .lineSeparator, .paragraphSeparator: return "has a line separator"
            default: if scalar == "\u{FFFD}" { return "has U+FFFD, which replaces unreadable characters" }
            }
        }
        return nil
    }

    /// The text of bytes that identify someone.
    ///
    /// - Throws: ``IdentityTextError`` if they are not UTF-8 (RFC 3629), or ``problem(_:)`` finds one.
    package static func decode(_ bytes: some Collection<UInt8>) throws(IdentityTextError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw IdentityTextError("is not UTF-8") }
        if let problem = problem(text) { throw IdentityTextError(problem) }
        return text
    }

    /// A user name in the form that ``Configuration/Identity/ignoreCase`` compares: capital letters become small ones.
    ///
    /// A letter changes only if it and its small letter are a pair: each is the other's only counterpart. So `K` of
    /// Kelvin (U+212A) does not become `k`, and no two names become one that a login tells apart by more than case.
    static func withoutCase(_ name: String) -> String {
        var folded = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            // Scalars are compared, because Swift's strings take the Kelvin sign and `K` for equal.
            let upper = lower.first?.properties.uppercaseMapping.unicodeScalars
            let isPair = lower.count == 1 && upper?.elementsEqual([scalar]) == true
            folded.append(isPair ? lower.first ?? scalar : scalar)
        }
        return String(folded)
    }
}

/// A text cannot identify anyone.
package struct IdentityTextError: Error, Equatable {
    /// The end of a sentence that begins with the text's name, such as `is not UTF-8`.
    package let problem: String

    init(_ problem: String) {
        self.problem = problem
    }
}
