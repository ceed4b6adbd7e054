/// One line of the output of `remotisan-broker doctor`.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
    package enum Severity: String, Sendable {
        case ok
        /// The product works, but probably not as intended.
        case warning
        /// Something does not work, or people can do what they must not.
        case problem
    }

    package let severity: Severity
    /// What the finding is about, in a word or two.
    package let subject: String
    /// What is the case, and what to do about it.
    package let text: String

    package static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(severity: .ok, subject: subject, text: text)
    }

    package static func warning(_ subject: String, _ text: String) -> Finding {
        Finding(severity: .warning, subject: subject, text: text)
    }

    package static func problem(_ subject: String, _ text: String) -> Finding {
        Finding(severity: .problem, subject: subject, text: text)
    }

    package var description: String {
        let word = severity.rawValue
        return "\(word)\(String(repeating: " ", count: 9 - word.count))\(subject): \(text)"
    }
}
