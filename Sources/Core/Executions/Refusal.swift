/// A refused attempt to run a command. The store keeps it, too.
package struct Refusal: Sendable, Equatable {
    /// The user.
    package let userIdentifier: String
    /// The requested name of a command. It is truncated, so that refused attempts cannot fill the disk.
    package let command: String
    /// The parameters as one line, truncated.
    package let parameters: String
    /// Why it was refused.
    package let reason: String
    /// Unix seconds.
    package let at: Int64
    /// The API token of the request; nil if it had none.
    package let token: TokenReference?

    /// Truncates texts to 255 and 1,000 Unicode scalars, because the size of a Swift character has no limit.
    package init(
        userIdentifier: String, command: String, parameters: String, reason: String, at: Int64,
        token: TokenReference? = nil
    ) {
        self.userIdentifier = userIdentifier
        self.command = command.kept(255)
        self.parameters = parameters.kept(1000)
        self.reason = reason.kept(1000)
        self.at = at
        self.token = token
    }
}

extension String {
    /// The first scalars. U+FFFD replaces NUL, which PostgreSQL cannot store.
    fileprivate func kept(_ count: Int) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(count) { result.append(scalar == "\0" ? "\u{FFFD}" : scalar) }
        return String(result)
    }
}
