import Core
import HTTPTypes
import Logging

/// Answers the requests of an instance.
package struct Responder: Sendable {
    package let routes: [Route]
    private let url: [String]
    /// Whether `public_url` names a path, which a proxy may have removed.
    private let hasPublicPath: Bool
    private let gate: Gate
    private let errors: ErrorResponse
    private let condition: InstanceCondition
    private let changes: ChangeLimit

    init(
        routes: [Route], _ configuration: Configuration, gate: Gate, errors: ErrorResponse,
        condition: InstanceCondition = .good
    ) {
        self.condition = condition
        changes = ChangeLimit(threads: configuration.threads)
        self.routes = routes
        url = RequestPath.split(configuration.url)
        hasPublicPath = configuration.publicURL.flatMap { PublicURL($0) }?.path != nil
        self.gate = gate
        self.errors = errors
    }

    /// Answers a request whose body can be read to its end. Errors become answers, too.
    ///
    /// - Parameter isAbandoned: Whether the client has closed the connection.
    package func respond(
        _ variables: CGIVariables, isAbandoned: @escaping () -> Bool = { false },
        readBody: @escaping (_ limit: Int) -> [UInt8]
    ) -> Response {
        do throws(Unanswered) {
            return try answer(variables, isAbandoned: isAbandoned, mayWait: false, hasTurn: true) {
                limit throws(BodyIncomplete) in
                readBody(limit)
            }
        } catch {
            return errors.response(to: HTTPError(.badRequest))
        }
    }

    /// Answers a request. Errors become answers, too.
    ///
    /// - Parameters:
    ///   - isAbandoned: Whether the client has closed the connection.
    ///   - mayWait: Whether a poll may wait for news.
    ///   - hasTurn: Whether a request that takes long may be answered now.
    ///   - readBody: Reads the body, and at most one byte more than its argument.
    /// - Throws: ``Unanswered`` if the request is admitted and has no answer yet. Call this again then.
    package func answer(
        _ variables: CGIVariables, isAbandoned: @escaping () -> Bool, mayWait: Bool, hasTurn: Bool,
        readBody: @escaping (_ limit: Int) throws(BodyIncomplete) -> [UInt8]
    ) throws(Unanswered) -> Response {
        var response: Response
        var known: Request?
        do {
            let request = try Request(
                variables: variables, url: url, isPublic: hasPublicPath, isAbandoned: isAbandoned, mayWait: mayWait,
                hasTurn: hasTurn, readBody: readBody)
            known = request
            response = try route(request)
        } catch let error as BodyIncomplete {
            throw .body(error)
        } catch let error as NothingNew {
            throw .nothingNew(error)
        } catch let error as NoTurn {
            throw .noTurn(user: error.user)
        } catch {
            response = errors.response(to: error, for: known)
        }
        addSecurityHeaders(to: &response)
        return response
    }

    private func route(_ request: Request) throws -> Response {
        if let refusal = condition.refusal() {
            throw HTTPError(.serviceUnavailable, refusal, headers: [.retryAfter: "10"])
        }
        let method = request.method == "HEAD" ? "GET" : request.method
        var allowed: [String] = []
        for route in routes {
            guard let values = PathValues(request.path.route, pattern: route.pattern) else { continue }
            guard route.method.rawValue == method else {
                allowed += route.method == .get ? ["GET", "HEAD"] : [route.method.rawValue]
                continue
            }
            return try route.method == .post
                ? changes.limit { try respond(to: request, by: route, values) }
                : respond(to: request, by: route, values)
        }
        guard !allowed.isEmpty else { throw HTTPError(.notFound) }
        let methods = allowed.joined(separator: ", ")
        throw HTTPError(
            .methodNotAllowed,
            "The \(request.method) method is not supported for this route. Supported methods: \(methods).",
            headers: [.allow: methods])
    }

    private func respond(to request: Request, by route: Route, _ values: PathValues) throws -> Response {
        switch route.handler {
        case .open(let endpoint): return try endpoint.respond(to: request, values)
        case .authenticated(let endpoint):
            let person = try gate.admit(request, to: route)
            if !request.hasTurn, endpoint.takesLong(request) { throw NoTurn(user: person.identifier) }
            do {
                return try endpoint.respond(to: request, values, for: person)
            } catch let error as BodyIncomplete {
                throw BodyIncomplete(limit: error.limit, user: person.identifier)
            }
        }
    }

    /// Adds the fields that every answer has: browsers must not guess its type, frame it, cache it, pass its address to
    /// other sites, or let other sites load it or keep hold of its window.
    private func addSecurityHeaders(to response: inout Response) {
        response.headers.append(HTTPField(name: .xContentTypeOptions, value: "nosniff"))
        response.headers.append(HTTPField(name: .referrerPolicy, value: "same-origin"))
        response.headers.append(HTTPField(name: .resourcePolicy, value: "same-origin"))
        response.headers.append(HTTPField(name: .openerPolicy, value: "same-origin"))
        if !response.headers.contains(.cacheControl) {
            response.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
        }
        if !response.headers.contains(.contentSecurityPolicy) {
            response.headers.append(
                HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"))
        }
    }
}

/// Why a request has no answer yet.
package enum Unanswered: Error {
    case body(BodyIncomplete)
    case nothingNew(NothingNew)
    /// It takes long, and has to wait for its turn. The user is the one who sent it.
    case noTurn(user: String)
}

private struct NoTurn: Error {
    let user: String
}

/// The body of a request has not arrived yet.
package struct BodyIncomplete: Error {
    /// Maximum bytes of the body.
    package let limit: Int
    /// Who sends it; empty before the gate has admitted the request.
    package let user: String

    package init(limit: Int, user: String = "") {
        self.limit = limit
        self.user = user
    }
}
