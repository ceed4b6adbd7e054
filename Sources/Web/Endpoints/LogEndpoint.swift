import Core

/// `GET /execute/UUID/log`: the log itself, byte for byte.
struct LogEndpoint: Endpoint {
    let watching: WatchExecution
    let elsewhere: InstanceRedirect

    /// Set by nginx: the internal location from which it sends logs itself.
    private static let accelParameter = "REMOTISAN_LOG_REDIRECT"
    /// Set by Apache where mod_xsendfile is: `on`.
    private static let sendfileParameter = "REMOTISAN_LOG_SENDFILE"

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        guard let uuid = JobUUID(values[0]), let view = try watching.view(uuid, for: person) else {
            throw HTTPError(.notFound)
        }
        guard view.isHere else {
            let rest = request.query["download"] == nil ? "/log" : "/log?download=1"
            return try elsewhere.response(to: request, view, uuid, rest: rest)
        }
        let disposition = request.query["download"] == nil ? "inline" : "attachment"
        var headers = [
            (name: "Content-Type", value: "text/plain; charset=utf-8"),
            (name: "Content-Disposition", value: "\(disposition); filename=\"\(uuid).log\""),
            (name: "Content-Security-Policy", value: "default-src 'none'; frame-ancestors 'none'; sandbox"),
            (name: "Cache-Control", value: "no-store"),
        ]
        let reader = LogReader(view.files)
        let size = reader.size
        // A log that does not exist yet is empty; a web server would call it missing.
        if size > 0, let location = request.variables[Self.accelParameter], !location.isEmpty {
            let slash = location.hasSuffix("/") ? "" : "/"
            return Response(headers: headers + [("X-Accel-Redirect", "\(location)\(slash)\(uuid).log")])
        }
        if size > 0, request.variables[Self.sendfileParameter] == "on" {
            return Response(headers: headers + [("X-Sendfile", view.files.log)])
        }
        headers.append(("Accept-Ranges", "bytes"))
        guard let field = request.header(.range), request.header(.ifRange) == nil,
            let range = ByteRange(field, size: size)
        else { return Response(headers: headers, body: .log(reader, offset: 0, count: size)) }
        guard case .part(let part) = range else {
            throw HTTPError(.rangeNotSatisfiable, headers: [("Content-Range", "bytes */\(size)")])
        }
        headers.append(("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"))
        return Response(
            .partialContent, headers: headers,
            body: .log(reader, offset: part.lowerBound, count: part.upperBound - part.lowerBound))
    }
}
