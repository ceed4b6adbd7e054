import Core
import Logging

/// The whole of the web side: a request in, an answer out.
package struct Responder: Sendable {
    /// The route table.
    package let routes: [Route]
    private let url: [String]
    private let gate: Gate
    private let errors: ErrorResponse

    init(routes: [Route], url: String, gate: Gate, errors: ErrorResponse) {
        self.routes = routes
        self.url = RequestPath.split(url)
        self.gate = gate
        self.errors = errors
    }

    /// Answers a request, whatever it is.
    package func respond(
        _ variables: CGIVariables, readBody: @escaping (_ limit: Int) throws -> [UInt8]
    ) -> Response {
        var response: Response
        do {
            response = try route(try Request(variables: variables, url: url, readBody: readBody))
        } catch {
            response = errors.response(to: error)
        }
        complete(&response)
        return response
    }

    private func route(_ request: Request) throws -> Response {
        let method = request.method == "HEAD" ? "GET" : request.method
        var allowed: [String] = []
        for route in routes {
            guard let values = route.match(request.path.route) else { continue }
            guard route.method.rawValue == method else {
                allowed += route.method == .get ? ["GET", "HEAD"] : [route.method.rawValue]
                continue
            }
            switch route.handler {
            case .everyone(let endpoint):
                return try endpoint.respond(to: request, values)
            case .persons(let endpoint):
                return try endpoint.respond(to: request, values, for: gate.admit(request, to: route))
            }
        }
        guard !allowed.isEmpty else { throw HTTPError(.notFound) }
        throw HTTPError(
            .methodNotAllowed,
            "The \(request.method) method is not supported for this route. Supported methods: "
                + "\(allowed.joined(separator: ", ")).", headers: [("Allow", allowed.joined(separator: ", "))])
    }

    /// What every answer carries: nothing of it is guessed, framed, cached or told to others.
    private func complete(_ response: inout Response) {
        response.headers += [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")]
        if response.header("Cache-Control") == nil { response.headers.append(("Cache-Control", "no-store")) }
        if response.header("Content-Security-Policy") == nil {
            response.headers.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
        }
    }
}
