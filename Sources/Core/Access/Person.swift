/// A user, as proved by the web server, a token or the command line.
package struct Person: Sendable, Equatable {
    /// The user identifier in the audit. It is never empty.
    package let identifier: String
    /// The roles of the person.
    package let roles: Set<String>
    /// Whether the person may see and kill everything.
    package let isSuperUser: Bool

    /// Nil if the identifier is empty, so that two unidentified users never count as one person.
    package init?(identifier: String, roles: Set<String>, isSuperUser: Bool) {
        guard !identifier.isEmpty else { return nil }
        self.identifier = identifier
        self.roles = roles
        self.isSuperUser = isSuperUser
    }
}
