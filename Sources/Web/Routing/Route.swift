import Core

/// One entry of the route table.
package struct Route: Sendable {
    /// Method it answers.
    package let method: Method
    /// Parts of the path below the base; a part in braces takes any text.
    package let pattern: [String]
    /// Who is let in at all.
    package let access: Access
    let handler: Handler

    enum Handler: Sendable {
        case everyone(any PublicEndpoint)
        case persons(any Endpoint)
    }

    /// A method of ours.
    package enum Method: String, Sendable {
        /// Answers HEAD too.
        case get = "GET"
        /// Changes something.
        case post = "POST"
    }

    /// Who is let in. What of it they may see or do, their endpoint asks the permissions.
    package enum Access: Sendable, Equatable, CaseIterable {
        /// Anybody, known or not.
        case everyone
        /// Whoever the web server or a token vouches for.
        case identified
        /// Super users; for others there is nothing.
        case superUsers
    }

    init(_ method: Method, _ pattern: String, _ endpoint: any Endpoint, access: Access = .identified) {
        self.init(method, pattern, access, .persons(endpoint))
    }

    init(open pattern: String, _ endpoint: any PublicEndpoint) {
        self.init(.get, pattern, .everyone, .everyone(endpoint))
    }

    private init(_ method: Method, _ pattern: String, _ access: Access, _ handler: Handler) {
        self.method = method
        self.pattern = pattern.split(separator: "/").map(String.init)
        self.access = access
        self.handler = handler
    }

    /// The texts that stand in the place of the braces; nil if the path is another.
    func match(_ path: [String]) -> [String]? {
        guard path.count == pattern.count else { return nil }
        var values: [String] = []
        for (part, expected) in zip(path, pattern) {
            if expected.hasPrefix("{") { values.append(part) } else if part != expected { return nil }
        }
        return values
    }
}

/// Answers the requests of one route.
protocol Endpoint: Sendable {
    /// The answer.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - values: What stands in the place of the route's braces.
    ///   - person: Who asks.
    /// - Throws: Anything; `ErrorResponse` knows which status it is.
    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response
}

/// Answers the requests of a route that is open to everyone.
protocol PublicEndpoint: Sendable {
    /// The answer, as in ``Endpoint``.
    func respond(to request: Request, _ values: [String]) throws -> Response
}
