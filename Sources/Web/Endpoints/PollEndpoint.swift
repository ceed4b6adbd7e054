import Core

/// `GET /execute/{uuid}`: the status of an execution and the text of its log.
struct PollEndpoint: Endpoint {
    let watching: WatchExecution
    let redirect: InstanceRedirect

    /// Maximum bytes of an answer, so that web servers with the shipped settings buffer it whole.
    private static let answerLimit = 512 * 1024
    /// Maximum number of times in an answer. Each takes up to thirty bytes.
    private static let timesLimit = 2000

    func respond(to request: Request, _ values: PathValues, for person: Person) throws -> Response {
        guard let view = try watching.view(try values.jobUUID, for: person) else { throw HTTPError(.notFound) }
        let offset = try Self.offset(in: request.query)
        let withTimes = request.query["times"] == "1"
        return view.isHere
            ? try answer(view, from: offset, withTimes: withTimes)
            : try answerFromElsewhere(request, view, from: offset)
    }

    /// The query field `offset`; nil if the request has none.
    private static func offset(in query: Query) throws(HTTPError) -> Int64? {
        if query.isArray("offset") { throw .invalid("offset", "The offset must be a single value.") }
        guard let text = query["offset"] else { return nil }
        guard let offset = Int64(text) else { throw .invalid("offset", "The offset must be a number of bytes.") }
        return offset
    }

    /// - Parameter offset: nil for the original's answer.
    private func answer(_ view: WatchExecution.View, from offset: Int64?, withTimes: Bool) throws -> Response {
        let reader = LogReader(view.files, encoding: view.encoding)
        guard let offset else {
            return try JSON.response(OriginalPollAnswer(content: reader.lines(), isEnded: view.isEnded))
        }
        var json = try Self.json(of: view, reader, from: offset, limit: LogReader.sliceLimit, withTimes: withTimes)
        if json.count > Self.answerLimit {
            // A control character takes six bytes in JSON, and a job may print many. A quarter of the text fits always.
            json = try Self.json(of: view, reader, from: offset, limit: LogReader.sliceLimit / 4, withTimes: withTimes)
        }
        return Response(json: json)
    }

    private static func json(
        of view: WatchExecution.View, _ reader: LogReader, from offset: Int64, limit: Int, withTimes: Bool
    ) throws -> [UInt8] {
        var slice = try reader.slice(at: offset, isEnded: view.isEnded, limit: limit)
        guard withTimes else { return PollAnswer(view: view, slice: slice).json }
        let index = TimeIndex(view.files)
        var times = try index.records(of: slice.offset..<slice.nextOffset, limit: timesLimit + 1)
        if times.count > timesLimit, let next = times.popLast(), next.offset > slice.offset {
            // The text ends where its times end. The rest is in the next answer.
            slice = try reader.slice(
                at: slice.offset, isEnded: view.isEnded, limit: Int(next.offset - slice.offset))
        }
        return PollAnswer(view: view, slice: slice, times: times).json
    }

    /// The log is on another instance. If that instance cannot be reached, the row still shows how an execution ended.
    /// The state of a running execution is unknown then.
    private func answerFromElsewhere(
        _ request: Request, _ view: WatchExecution.View, from offset: Int64?
    ) throws -> Response {
        do {
            return try redirect.response(
                to: request, view,
                suffix: offset.map { "?offset=\($0)\(request.query["times"] == "1" ? "&times=1" : "")" } ?? "")
        } catch let error as InstanceUnreachableError {
            guard view.isEnded else { throw error }
            guard offset != nil else {
                return try JSON.response(OriginalPollAnswer(content: [error.message], isEnded: true))
            }
            return try JSON.response(PollAnswerWithoutLog(view.execution, error))
        }
    }
}
