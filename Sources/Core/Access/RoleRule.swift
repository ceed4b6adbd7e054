/// Who holds a role: any of these ways is enough.
package struct RoleRule: Sendable, Equatable {
    /// User identifiers.
    package var users: Set<String>
    /// Groups.
    package var groups: Set<String>
    /// Claims of a JSON Web Token: the name, and the values of which one must be there.
    package var claims: [String: Set<String>]
    /// Parameters set by the web server: the name, and the values of which one must stand there.
    package var cgiVariables: [String: Set<String>]

    /// Creates a rule; an empty one matches nobody.
    package init(
        users: Set<String> = [], groups: Set<String> = [], claims: [String: Set<String>] = [:],
        cgiVariables: [String: Set<String>] = [:]
    ) {
        self.users = users
        self.groups = groups
        self.claims = claims
        self.cgiVariables = cgiVariables
    }

    /// Whether nobody can ever match.
    package var isEmpty: Bool {
        users.isEmpty && groups.isEmpty && claims.values.allSatisfy(\.isEmpty)
            && cgiVariables.values.allSatisfy(\.isEmpty)
    }

    /// Whether this caller holds the role.
    package func matches(_ caller: Credentials) -> Bool {
        users.containsExactly(caller.user)
            || groups.sharesExactly(caller.groups)
            || claims.contains { name, values in values.sharesExactly(caller.claims[name] ?? []) }
            || cgiVariables.contains { name, values in caller.cgiVariables[name].map(values.containsExactly) ?? false }
    }
}
