/// One line of `remotisan-broker doctor`.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// How bad it is.
    package enum Severity: String, Sendable {
        /// As it should be.
        case ok
        /// It works, but something will surprise somebody.
        case warning
        /// It does not work, or lets somebody do what they must not.
        case problem
    }

    /// How bad it is.
    package let severity: Severity
    /// What it is about, in a word or two.
    package let subject: String
    /// What is so, and what to do about it.
    package let text: String

    /// As it should be.
    package static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(severity: .ok, subject: subject, text: text)
    }

    /// It works, but something will surprise somebody.
    package static func warning(_ subject: String, _ text: String) -> Finding {
        Finding(severity: .warning, subject: subject, text: text)
    }

    /// It does not work, or lets somebody do what they must not.
    package static func problem(_ subject: String, _ text: String) -> Finding {
        Finding(severity: .problem, subject: subject, text: text)
    }

    /// The line.
    package var description: String {
        let word = severity.rawValue
        return "\(word)\(String(repeating: " ", count: 9 - word.count))\(subject): \(text)"
    }
}
