import Core

/// Finds out who is asking.
struct IdentityReader {
    private let identity: Configuration.Identity
    /// CGIVariables that roles match on.
    private let matched: Set<String>
    private let tokens: any TokenStore
    private let jwt: JWTVerifier?

    init(_ configuration: Configuration, tokens: any TokenStore, jwt: JWTVerifier?) {
        identity = configuration.identity
        matched = Set(configuration.roles.values.flatMap(\.cgiVariables.keys))
        self.tokens = tokens
        self.jwt = jwt
    }

    /// What vouches for a caller.
    enum Source {
        /// A bearer token: the request cannot have been forged by another site's page.
        case token
        /// The web server.
        case webServer
    }

    /// The caller's credentials, and what vouches for them.
    ///
    /// - Throws: ``HTTPError``: 401 for nobody, and for a bearer token that is not good, which never falls through to
    ///   the next way; 400 for an identity parameter that arrives twice. `StoreError`.
    func read(_ request: Request) throws -> (Credentials, Source) {
        if let authorization = request.header(.authorization), let bearer = Self.bearer(authorization) {
            return (try credentials(bearer: bearer), .token)
        }
        for name in [identity.user, identity.groups] where request.variables.isConflicting(name) {
            throw HTTPError(.badRequest, "The identity arrived twice.")
        }
        guard let user = request.variables[identity.user], !user.isEmpty else { throw Self.nobody }
        let groups = (request.variables[identity.groups] ?? "").split(separator: ",").map {
            $0.trimmingOptionalWhitespace
        }
        var credentials = Credentials(user: user, groups: Set(groups.filter { !$0.isEmpty }))
        for name in matched { credentials.cgiVariables[name] = request.variables[name] }
        return (credentials, .webServer)
    }

    /// The token of an Authorization field; nil if its scheme is another. RFC 6750; the scheme's case does not matter.
    private static func bearer(_ field: String) -> String? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return parts.count > 1 ? parts[1].trimmingOptionalWhitespace : ""
    }

    private func credentials(bearer: String) throws -> Credentials {
        if bearer.hasPrefix(APIToken.prefix) {
            guard let token = try tokens.token(hash: APIToken.hash(of: bearer)), token.isValid(at: Clock.seconds())
            else { throw Self.badToken }
            return Credentials(user: token.user, roles: token.roles)
        }
        guard let jwt, let credentials = jwt.verify(bearer), !credentials.user.isEmpty else { throw Self.badToken }
        return credentials
    }

    private static let nobody = HTTPError(.unauthorized, "Nobody is logged in.")
    private static let badToken = HTTPError(
        .unauthorized, "The token is not valid.", headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
}
