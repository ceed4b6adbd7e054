/// Somebody who asks, as far as the web server, a token or the command line vouches for them.
package struct Person: Sendable, Equatable {
    /// The user identifier, as the audit keeps it. Never empty.
    package let identifier: String
    /// The roles this person holds.
    package let roles: Set<String>
    /// Whether they see and kill everything.
    package let isSuperUser: Bool

    /// Creates a person; nil without an identifier, so that two nobodies are never the same somebody.
    package init?(identifier: String, roles: Set<String>, isSuperUser: Bool) {
        guard !identifier.isEmpty else { return nil }
        self.identifier = identifier
        self.roles = roles
        self.isSuperUser = isSuperUser
    }
}
