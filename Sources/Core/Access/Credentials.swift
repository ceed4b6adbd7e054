/// What is known of a caller before roles are looked up.
package struct Credentials: Sendable, Equatable {
    /// The user identifier; empty if nobody vouched for one.
    package var user: String
    /// Groups the web server, or a token's claim, puts this caller into.
    package var groups: Set<String>
    /// Roles that the credential itself grants: those of an API token.
    package var roles: Set<String>
    /// Claims of a JSON Web Token, by name; the values as text.
    package var claims: [String: Set<String>]
    /// Parameters that the web server set, by name; looked at by roles that match on them.
    package var cgiVariables: [String: String]

    /// Creates credentials; whatever is not given is empty.
    package init(
        user: String, groups: Set<String> = [], roles: Set<String> = [], claims: [String: Set<String>] = [:],
        cgiVariables: [String: String] = [:]
    ) {
        self.user = user
        self.groups = groups
        self.roles = roles
        self.claims = claims
        self.cgiVariables = cgiVariables
    }
}
