import Core
import Logging

/// Identifies the sender of a request.
struct IdentityReader {
    private let identity: Configuration.Identity
    /// The CGI variables that roles match on.
    private let matched: Set<String>
    /// All variables that decide who the person is if the web server has identified them.
    private let deciding: [String]
    /// Seconds after its creation at which an API token ends; nil for no limit.
    private let maxAge: Int64?
    private let tokens: any TokenStore
    private let jwt: JWTVerifier?
    private let log: Logger

    init(_ configuration: Configuration, tokens: any TokenStore, jwt: JWTVerifier?, log: Logger) {
        identity = configuration.identity
        matched = Set(configuration.roles.values.flatMap { $0.cgiVariables.keys })
        deciding = [identity.user, identity.groups, Self.address] + matched.sorted()
        maxAge = configuration.tokens.maxAge
        self.tokens = tokens
        self.jwt = jwt
        self.log = log
    }

    /// Where the credentials of a request come from.
    enum Source {
        /// A bearer token: an API token or a JSON Web Token.
        case token
        /// CGI variables that the web server set after its own login.
        case webServer
    }

    /// The variables from which ``read(_:)`` makes the credentials, with their lengths, so that no two lists of values are
    /// alike. Nil if the request has an Authorization field, or one of the variables more than once.
    func decidingVariables(of request: Request) -> [UInt8]? {
        guard request.variables.bytes("HTTP_AUTHORIZATION") == nil else { return nil }
        var all: [UInt8] = []
        all.reserveCapacity(256)
        for name in deciding {
            guard !request.variables.isRepeated(name) else { return nil }
            let value = request.variables.bytes(name)
            withUnsafeBytes(of: value?.count ?? -1) { all += $0 }
            if let value { all += value }
        }
        return all
    }

    /// The credentials of a request. A bearer token decides alone: if it is invalid, the web server's login is not
    /// used.
    ///
    /// - Throws: ``HTTPError``: 401 if the request has no or no valid credentials, 400 if the identity is not plain
    ///   text (``IdentityText``) or arrived more than once. `StoreError` if the API token cannot be looked
    ///   up.
    func read(_ request: Request) throws -> (Credentials, Source) {
        try requireOne("HTTP_AUTHORIZATION", in: request)
        if let authorization = request.header(.authorization), let bearer = Self.bearer(authorization) {
            do throws(IdentityTextError) {
                _ = try IdentityText.decode(request.variables.bytes("HTTP_AUTHORIZATION") ?? [])
            } catch {
                throw HTTPError(.badRequest, "The Authorization header \(error.problem).")
            }
            var credentials = try credentials(bearer: bearer)
            credentials.login = Login(
                credentials.token == nil ? .jwt : .apiToken, from: request.variables[Self.address])
            for name in credentials.groups.union([credentials.user]) {
                if let problem = IdentityText.problem(name) {
                    throw HTTPError(.badRequest, "The token names a user or a group that \(problem).")
                }
            }
            return (credentials, .token)
        }
        guard let user = try value(of: identity.user, in: request), !user.isEmpty else { throw Self.notLoggedIn }
        let groups = try value(of: identity.groups, in: request) ?? ""
        var credentials = Credentials(user: user, groups: identity.groups(in: groups))
        credentials.login = Login(.webServer, from: request.variables[Self.address])
        for name in matched { credentials.cgiVariables[name] = try value(of: name, in: request) }
        return (credentials, .webServer)
    }

    /// The CGI variable with the address of the client (RFC 3875, section 4.1.8). It decides nothing.
    private static let address = "REMOTE_ADDR"

    /// A CGI variable that decides about rights.
    private func value(of name: String, in request: Request) throws(HTTPError) -> String? {
        try requireOne(name, in: request)
        guard let bytes = request.variables.bytes(name) else { return nil }
        do {
            return try IdentityText.decode(bytes)
        } catch {
            throw HTTPError(
                .badRequest,
                """
                The value of \(name) from the web server \(error.problem). Names must be UTF-8 without control \
                characters. Correct the name, or the web server's configuration.
                """)
        }
    }

    private func requireOne(_ name: String, in request: Request) throws(HTTPError) {
        guard request.variables.isRepeated(name) else { return }
        throw HTTPError(.badRequest, "The web server passed \(name) more than once. Correct its configuration.")
    }

    /// The token of an Authorization field (RFC 6750); nil if the field has another scheme. The case of the scheme does
    /// not matter.
    private static func bearer(_ field: String) -> String? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return parts.count > 1 ? parts[1].trimmingOptionalWhitespace : ""
    }

    private func credentials(bearer: String) throws -> Credentials {
        if bearer.hasPrefix(APIToken.prefix) {
            let now = Clock.seconds()
            guard let token = try tokens.token(hash: APIToken.hash(of: bearer)), token.isValid(at: now, maxAge: maxAge)
            else { throw Self.invalidToken }
            noteUse(of: token, at: now)
            return Credentials(user: token.user, token: token)
        }
        guard let jwt, let credentials = jwt.verify(bearer), !credentials.user.isEmpty else { throw Self.invalidToken }
        return credentials
    }

    /// Records the use of a token. If that fails, the request goes on.
    private func noteUse(of token: APIToken, at now: Int64) {
        guard token.isUseDue(at: now) else { return }
        do throws(StoreError) {
            try tokens.noteUse(ofToken: token.id, at: now)
        } catch {
            log.warning("the use of a token was not recorded", metadata: ["token": "\(token.id)", "error": "\(error)"])
        }
    }

    private static let notLoggedIn = HTTPError(
        .unauthorized, Sentence("login.missing", "You are not logged in."))
    private static let invalidToken = HTTPError(
        .unauthorized, "The token is invalid or has expired.",
        headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
}
