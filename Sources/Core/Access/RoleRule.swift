/// Who holds a role: any of these ways is enough.
public struct RoleRule: Sendable, Equatable {
    /// User identifiers.
    public var users: Set<String>
    /// Groups.
    public var groups: Set<String>
    /// Claims of a JSON Web Token: the name, and the values of which one must be there.
    public var claims: [String: Set<String>]
    /// Parameters set by the web server: the name, and the values of which one must stand there.
    public var parameters: [String: Set<String>]

    /// Creates a rule; an empty one matches nobody.
    public init(
        users: Set<String> = [], groups: Set<String> = [], claims: [String: Set<String>] = [:],
        parameters: [String: Set<String>] = [:]
    ) {
        self.users = users
        self.groups = groups
        self.claims = claims
        self.parameters = parameters
    }

    /// Whether nobody can ever match.
    public var isEmpty: Bool {
        users.isEmpty && groups.isEmpty && claims.values.allSatisfy(\.isEmpty)
            && parameters.values.allSatisfy(\.isEmpty)
    }

    /// Whether this caller holds the role.
    public func matches(_ caller: Credentials) -> Bool {
        users.containsExactly(caller.user)
            || groups.sharesExactly(caller.groups)
            || claims.contains { name, values in values.sharesExactly(caller.claims[name] ?? []) }
            || parameters.contains { name, values in caller.parameters[name].map(values.containsExactly) ?? false }
    }
}
