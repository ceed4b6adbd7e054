/// What a request proves about its sender.
package struct Credentials: Sendable, Equatable {
    /// The user identifier; empty if nothing proves one.
    package var user: String
    /// Groups of the user, from the web server or from a claim.
    package var groups: Set<String>
    /// The API token that proves the user. It alone decides about roles, and whether the sender is a super user.
    package var token: APIToken?
    /// Claims of a JSON Web Token, as text, by name.
    package var claims: [String: Set<String>]
    /// Variables that the web server set, by name. Role rules may match them.
    package var cgiVariables: [String: String]
    /// How the sender came in, for the audit.
    package var login = Login()

    package init(
        user: String, groups: Set<String> = [], token: APIToken? = nil, claims: [String: Set<String>] = [:],
        cgiVariables: [String: String] = [:]
    ) {
        self.user = user
        self.groups = groups
        self.token = token
        self.claims = claims
        self.cgiVariables = cgiVariables
    }
}
