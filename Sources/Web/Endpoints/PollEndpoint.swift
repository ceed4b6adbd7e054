import Core

/// `GET /execute/{uuid}`: the status of an execution and the text of its log.
struct PollEndpoint: Endpoint {
    let watching: WatchExecution
    let redirect: InstanceRedirect

    /// Maximum bytes of an answer, so that web servers with the shipped settings buffer it whole.
    private static let answerLimit = 512 * 1024

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        guard let view = try watching.view(try values.jobUUID, for: person) else { throw HTTPError(.notFound) }
        let offset = try Self.offset(in: request.query)
        return view.isHere ? try answer(view, from: offset) : try answerFromElsewhere(request, view, from: offset)
    }

    /// The query field `offset`; nil if the request has none.
    private static func offset(in query: Query) throws(HTTPError) -> Int64? {
        if query.isArray("offset") { throw .invalid("offset", "The offset must be a single value.") }
        guard let text = query["offset"] else { return nil }
        guard let offset = Int64(text) else { throw .invalid("offset", "The offset must be a number of bytes.") }
        return offset
    }

    /// - Parameter offset: nil for the original's answer.
    private func answer(_ view: WatchExecution.View, from offset: Int64?) throws -> Response {
        let reader = LogReader(view.files)
        guard let offset else {
            return try JSON.response(OriginalPollAnswer(content: reader.lines(), isEnded: view.isEnded))
        }
        var json = PollAnswer(view: view, slice: try reader.slice(at: offset, isEnded: view.isEnded)).json
        if json.count > Self.answerLimit {
            // A control character takes six bytes in JSON, and a job may print many. A quarter of the text fits always.
            let slice = try reader.slice(at: offset, isEnded: view.isEnded, limit: LogReader.sliceLimit / 4)
            json = PollAnswer(view: view, slice: slice).json
        }
        return Response(json: json)
    }

    /// The log is on another instance. If that instance cannot be reached, the row still shows how an execution ended.
    /// The state of a running execution is unknown then.
    private func answerFromElsewhere(
        _ request: Request, _ view: WatchExecution.View, from offset: Int64?
    ) throws -> Response {
        do {
            return try redirect.response(to: request, view, suffix: offset.map { "?offset=\($0)" } ?? "")
        } catch let error as InstanceUnreachableError {
            guard view.isEnded else { throw error }
            guard offset != nil else {
                return try JSON.response(OriginalPollAnswer(content: [error.message], isEnded: true))
            }
            return try JSON.response(PollAnswerWithoutLog(view.execution, error))
        }
    }
}
