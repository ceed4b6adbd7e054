/// Who or what requested a kill.
package enum KillRequester: Sendable, Equatable {
    /// A person, by user identifier.
    case user(String)
    /// The `timeout` of the command.
    case timeout

    /// The requester that a record names.
    ///
    /// - Parameters:
    ///   - identifier: The recorded name.
    ///   - isTimeout: Whether the record says that the timeout requested it. A user may be called "timeout", too.
    package init(_ identifier: String, isTimeout: Bool) {
        self = isTimeout ? .timeout : .user(identifier)
    }

    /// The name in `killed_by` and in the log. The original's clients show it as it is.
    package var identifier: String {
        switch self {
        case .user(let user): user
        case .timeout: "timeout"
        }
    }

    /// Whether the timeout requested the kill.
    package var isTimeout: Bool { self == .timeout }

    /// The same, without characters that a terminal would interpret.
    var sanitized: KillRequester {
        switch self {
        case .user(let user): .user(user.sanitized)
        case .timeout: .timeout
        }
    }
}
