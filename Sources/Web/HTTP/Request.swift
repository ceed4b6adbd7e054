/// One HTTP request, as the web server hands it over (RFC 3875).
package struct Request {
    /// Upper-case method.
    package let method: String
    /// Where it leads: base and route.
    package let path: RequestPath
    /// The query, split and decoded.
    package let query: Query
    /// All variables of the web server, by name.
    package let variables: CGIVariables
    /// Reads the body; at most the given number of bytes, and one more if there is more.
    package let readBody: (_ limit: Int) throws -> [UInt8]

    /// Creates a request from what the web server gives.
    ///
    /// - Parameters:
    ///   - variables: Its variables.
    ///   - url: The parts of the configured beginning of every path.
    ///   - readBody: Reads the body.
    /// - Throws: ``HTTPError`` if path or query cannot be understood, or are too long.
    package init(
        variables: CGIVariables, url: [String], readBody: @escaping (_ limit: Int) throws -> [UInt8] = { _ in [] }
    ) throws(HTTPError) {
        self.variables = variables
        self.readBody = readBody
        method = variables["REQUEST_METHOD"] ?? "GET"
        let target = variables["REQUEST_URI"] ?? ""
        guard target.utf8.count <= Limits.requestTarget else {
            throw HTTPError(.uriTooLong, "The address is longer than \(Limits.requestTarget) bytes.")
        }
        path = try RequestPath(variables: variables, url: url)
        query = try Query(target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[$0...].dropFirst() } ?? "")
    }

    /// A header field that a client may send, by the parameter it arrives in (RFC 3875, 4.1.18).
    enum Header: String {
        case authorization = "HTTP_AUTHORIZATION"
        case csrfToken = "HTTP_X_CSRF_TOKEN"
        case fetchSite = "HTTP_SEC_FETCH_SITE"
        /// Set by the nginx of another instance that sends a request here.
        case forwarded = "HTTP_X_REMOTISAN_FORWARDED"
        case ifNoneMatch = "HTTP_IF_NONE_MATCH"
        case ifRange = "HTTP_IF_RANGE"
        case origin = "HTTP_ORIGIN"
        case range = "HTTP_RANGE"
    }

    /// The value of a header field; nil if it was not sent.
    func header(_ header: Header) -> String? {
        variables[header.rawValue]
    }
}

/// How much of a request is read.
package enum Limits {
    /// Bytes of a body.
    package static let body = 64 * 1024
    /// Bytes of a refused body that are read away, so that its sender gets the answer; shipped configurations let
    /// no more through.
    package static let drained = 2 * 1024 * 1024
    /// Bytes of path and query.
    package static let requestTarget = 8 * 1024
    /// Bytes of all variables, header fields among them.
    package static let variables = 64 * 1024
}
