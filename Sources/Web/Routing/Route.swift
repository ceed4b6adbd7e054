import Core

/// One entry of the route table.
package struct Route: Sendable, CustomStringConvertible {
    package let method: Method
    /// The parts of the path below the base. A part in braces matches any text; see `PathValues`.
    package let pattern: [String]
    package let access: Access
    let handler: Handler

    enum Handler: Sendable {
        case open(any PublicEndpoint)
        case authenticated(any Endpoint)
    }

    package enum Method: String, Sendable {
        /// Changes nothing. The route answers HEAD, too.
        case get = "GET"
        /// Changes something, so the gate checks for forged requests.
        case post = "POST"
    }

    /// Who may use the route. What a person may see or do with it is decided by the endpoint, with `Permissions`.
    package enum Access: Sendable, Equatable, CaseIterable {
        /// Everyone, without a login.
        case everyone
        /// Everyone who is logged in or has a valid token.
        case identified
        /// Super users, and people with a role of `metrics`. The route does not exist for other people: 404.
        case metricsReaders
        /// Super users. The route does not exist for other people: 404.
        case superUsers
    }

    /// A route for people who are logged in.
    init(_ method: Method, _ path: String, to endpoint: any Endpoint, access: Access = .identified) {
        self.init(method, path, access: access, handler: .authenticated(endpoint))
    }

    /// A GET route that needs no login.
    init(open path: String, to endpoint: any PublicEndpoint) {
        self.init(.get, path, access: .everyone, handler: .open(endpoint))
    }

    private init(_ method: Method, _ path: String, access: Access, handler: Handler) {
        self.method = method
        self.pattern = path.split(separator: "/").map(String.init)
        self.access = access
        self.handler = handler
    }

    /// Method and pattern, such as `GET /execute/{uuid}`.
    package var description: String { "\(method.rawValue) /\(pattern.joined(separator: "/"))" }
}

/// Answers the requests of one route.
protocol Endpoint: Sendable {
    /// Answers a request that the gate has admitted.
    ///
    /// - Throws: Any error. `ErrorResponse` decides which status it has.
    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response

    /// Whether the answer to a request may take much longer than that to a poll. It then waits for its turn.
    func takesLong(_ request: Request) -> Bool
}

extension Endpoint {
    func takesLong(_ request: Request) -> Bool { false }
}

/// Answers the requests of one route that needs no login.
protocol PublicEndpoint: Sendable {
    /// Answers a request.
    ///
    /// - Throws: Any error. `ErrorResponse` decides which status it has.
    func respond(to request: Request, _ values: PathValues) throws -> Response
}
