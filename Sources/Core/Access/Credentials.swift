/// The identity, groups and roles that a request proves.
package struct Credentials: Sendable, Equatable {
    /// The user identifier; empty if nothing proves one.
    package var user: String
    /// Groups of the user, from the web server or from a claim.
    package var groups: Set<String>
    /// Roles that the credential itself grants. Only an API token grants roles.
    package var roles: Set<String>
    /// Claims of a JSON Web Token, as text, by name.
    package var claims: [String: Set<String>]
    /// Variables that the web server set, by name. Role rules may match them.
    package var cgiVariables: [String: String]

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
