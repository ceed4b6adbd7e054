/// The rule that gives a role to people. Any match is enough.
package struct RoleRule: Sendable, Equatable {
    /// User identifiers.
    package var users: Set<String>
    /// Groups.
    package var groups: Set<String>
    /// Claims of a JSON Web Token, by name, with the matching values.
    package var claims: [String: Set<String>]
    /// CGI variables of the web server, by name, with the matching values.
    package var cgiVariables: [String: Set<String>]

    package init(
        users: Set<String> = [], groups: Set<String> = [], claims: [String: Set<String>] = [:],
        cgiVariables: [String: Set<String>] = [:]
    ) {
        self.users = users
        self.groups = groups
        self.claims = claims
        self.cgiVariables = cgiVariables
    }

    /// Whether no person can match.
    package var isEmpty: Bool {
        users.isEmpty && groups.isEmpty && claims.values.allSatisfy(\.isEmpty)
            && cgiVariables.values.allSatisfy(\.isEmpty)
    }

    /// Whether credentials match.
    package func matches(_ caller: Credentials) -> Bool {
        users.containsExactly(caller.user)
            || groups.sharesExactly(caller.groups)
            || claims.contains { name, values in values.sharesExactly(caller.claims[name] ?? []) }
            || cgiVariables.contains { name, values in caller.cgiVariables[name].map(values.containsExactly) ?? false }
    }
}
