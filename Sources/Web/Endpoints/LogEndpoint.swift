import Core
import HTTPTypes

/// `GET /execute/{uuid}/log`: the log, byte for byte.
struct LogEndpoint: Endpoint {
    let watching: WatchExecution
    let redirect: InstanceRedirect

    /// CGI variable that nginx sets: the internal location from which it sends logs itself.
    private static let redirectVariable = "REMOTISAN_LOG_REDIRECT"
    /// CGI variable that Apache sets to `on` if it has mod_xsendfile.
    private static let sendfileVariable = "REMOTISAN_LOG_SENDFILE"

    /// Only if the web server cannot send the log itself.
    func takesLong(_ request: Request) -> Bool {
        (request.variables[Self.redirectVariable] ?? "").isEmpty && request.variables[Self.sendfileVariable] != "on"
    }

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        let uuid = try values.jobUUID
        guard let view = try watching.view(uuid, for: person) else { throw HTTPError(.notFound) }
        let isDownload = request.query["download"] != nil
        guard view.isHere else {
            return try redirect.response(to: request, view, suffix: isDownload ? "/log?download=1" : "/log")
        }
        var headers: HTTPFields = [
            .contentType: "text/plain; charset=\(view.encoding.rawValue)",
            .contentDisposition: "\(isDownload ? "attachment" : "inline"); filename=\"\(uuid).log\"",
            .contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; sandbox",
            .cacheControl: "no-store",
        ]
        let reader = LogReader(view.files)
        let size = reader.size
        // A web server would answer 404 for a log that does not exist yet, so an empty log is always sent from here.
        if size > 0, let location = request.variables[Self.redirectVariable], !location.isEmpty {
            let slash = location.hasSuffix("/") ? "" : "/"
            headers[.accelRedirect] = "\(location)\(slash)\(uuid).log"
            return Response(headers: headers)
        }
        if size > 0, request.variables[Self.sendfileVariable] == "on" {
            headers[.sendfile] = view.files.log
            return Response(headers: headers)
        }
        headers[.acceptRanges] = "bytes"
        guard let field = request.header(.range), request.header(.ifRange) == nil,
            let range = ByteRange(field, size: size)
        else { return Response(headers: headers, body: .log(reader, offset: 0, count: size)) }
        guard case .part(let part) = range else {
            throw HTTPError(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"])
        }
        headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        return Response(
            .partialContent, headers: headers,
            body: .log(reader, offset: part.lowerBound, count: part.upperBound - part.lowerBound))
    }
}
