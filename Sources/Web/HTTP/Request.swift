import HTTPTypes

/// One HTTP request, as the web server passes it (RFC 3875).
package struct Request {
    /// The method, as it was sent. Methods are case-sensitive (RFC 9110, section 9.1).
    package let method: String
    package let path: RequestPath
    package let query: Query
    package let variables: CGIVariables
    /// Reads the body. It returns at most `limit + 1` bytes; the additional byte shows that the body is too long.
    package let readBody: (_ limit: Int) throws -> [UInt8]
    /// Whether the client has closed the connection, so that the answer cannot arrive.
    let isAbandoned: () -> Bool
    /// Whether the server calls again if the answer is ``NothingNew``.
    let mayWait: Bool
    /// Whether a request that takes long may be answered now.
    let hasTurn: Bool

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - variables: The CGI variables.
    ///   - url: The parts of the configured `url`, with which every path begins.
    ///   - isPublic: Whether the path may lack `url`, see ``RequestPath``.
    ///   - isAbandoned: Whether the client has closed the connection.
    ///   - mayWait: Whether the server calls again if the answer is ``NothingNew``.
    ///   - hasTurn: Whether a request that takes long may be answered now.
    ///   - readBody: Reads the body.
    /// - Throws: 400 if a variable has a control character, or if the path or the query is malformed, 404 if the path is not below `url`, 414 if both together
    ///   are too long.
    package init(
        variables: CGIVariables, url: [String], isPublic: Bool = false,
        isAbandoned: @escaping () -> Bool = { false }, mayWait: Bool = false, hasTurn: Bool = true,
        readBody: @escaping (_ limit: Int) throws -> [UInt8] = { _ in [] }
    ) throws(HTTPError) {
        self.variables = variables
        self.readBody = readBody
        self.isAbandoned = isAbandoned
        self.mayWait = mayWait
        self.hasTurn = hasTurn
        if let name = variables.nameWithControlCharacter {
            throw HTTPError(
                .badRequest,
                """
                The value of \(name.sanitized.prefix(100)) from the web server has a control character. Values must be \
                UTF-8 without control characters.
                """)
        }
        method = variables["REQUEST_METHOD"] ?? "GET"
        let bytes = RequestPath.originForm(variables.bytes("REQUEST_URI") ?? [])
        guard bytes.count <= Limits.requestTarget else {
            throw HTTPError(.uriTooLong, "The address is longer than \(Limits.requestTarget) bytes.")
        }
        guard let target = String(validating: bytes, as: UTF8.self) else {
            throw HTTPError(.badRequest, "The address is malformed. Percent-encode it as UTF-8.")
        }
        path = try RequestPath(target, variables: variables, url: url, isPublic: isPublic)
        query = try Query(target.utf8.firstIndex(of: UInt8(ascii: "?")).map { target[$0...].dropFirst() } ?? "")
    }

    /// The value of a header field; nil if the client did not send it.
    func header(_ name: HTTPField.Name) -> String? {
        variables[name]
    }

    /// Whether the client has the answer with an entity tag already: If-None-Match contains it. The comparison is weak
    /// (RFC 9110, section 13.1.2), because a web server that compresses answers makes our tag a weak one.
    func hasCurrent(_ tag: String) -> Bool {
        header(.ifNoneMatch)?.split(separator: ",").contains { entry in
            let known = entry.trimmingOptionalWhitespace
            return known == "*" || known == tag || known == "W/" + tag
        } ?? false
    }
}
