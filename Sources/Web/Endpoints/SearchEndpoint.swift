import Core

/// `GET /execute/{uuid}/search`: one step of a search in a log.
struct SearchEndpoint: Endpoint {
    let watching: WatchExecution
    let redirect: InstanceRedirect

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        guard let view = try watching.view(try values.jobUUID, for: person) else { throw HTTPError(.notFound) }
        let query = try SearchQuery(request.query)
        guard view.isHere else {
            let sent = SearchQuery.fields.compactMap { name in
                request.query[name].map { "\(name)=\(PercentEncoding.encode($0))" }
            }
            return try redirect.response(to: request, view, suffix: "/search?\(sent.joined(separator: "&"))")
        }
        let result = try query.step(in: view.files, encoding: view.encoding) { !request.isAbandoned() }
        if result.isTooSlow {
            throw HTTPError.invalid(
                "q", Sentence("search.slow", "The search for this expression takes too long. Simplify it."))
        }
        return try JSON.response(
            Answer(
                match: Nullable(result.match), line: Nullable(result.line), count: result.count,
                next: Nullable(result.next), size: result.size))
    }

    func takesLong(_ request: Request) -> Bool { true }

    private struct Answer: Encodable {
        let match: Nullable<Int64>
        let line: Nullable<Int64>
        let count: Int
        let next: Nullable<Int64>
        let size: Int64
    }
}
