import Core

/// Tests write a user as a plain string.
extension KillRequester: ExpressibleByStringLiteral {
    package init(stringLiteral user: String) {
        self = .user(user)
    }
}
