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
        let waiting = try PollWaiting(request.query)
        guard view.isHere else { return try answerFromElsewhere(request, view, from: offset) }
        var found: LogSlice?
        if let offset, let waiting, request.mayWait { found = try Self.wait(for: view, from: offset, waiting) }
        let withTimes = request.query["times"] == "1"
        return try answer(view, from: offset, found, withTimes: withTimes, withState: waiting != nil)
    }

    /// The query field `offset`; nil if the request has none.
    private static func offset(in query: Query) throws(HTTPError) -> Int64? {
        if query.isArray("offset") { throw .invalid("offset", "The offset must be a single value.") }
        guard let text = query["offset"] else { return nil }
        guard let offset = Int64(text) else { throw .invalid("offset", "The offset must be a number of bytes.") }
        return offset
    }

    /// Throws ``NothingNew`` if there is nothing new.
    ///
    /// - Returns: The text that is new; nil if it was not read, because something else is new.
    private static func wait(
        for view: WatchExecution.View, from offset: Int64, _ waiting: PollWaiting
    ) throws -> LogSlice? {
        guard !view.isEnded, waiting.known == nil || waiting.known == PollWaiting.state(of: view) else { return nil }
        let slice = try LogReader(view.files, encoding: view.encoding).slice(at: offset, isEnded: false)
        guard slice.text.isEmpty else { return slice }
        let pause = PollInterval(view: view, slice: slice).milliseconds(now: Clock.realtimeMilliseconds())
        throw NothingNew(files: view.files, wait: waiting.wait, pause: pause)
    }

    /// - Parameters:
    ///   - offset: nil for the original's answer.
    ///   - found: What stands in the log from there; nil if it was not read yet.
    private func answer(
        _ view: WatchExecution.View, from offset: Int64?, _ found: LogSlice?, withTimes: Bool, withState: Bool
    ) throws -> Response {
        let reader = LogReader(view.files, encoding: view.encoding)
        guard let offset else {
            return Response(json: OriginalPollAnswer(content: try reader.lastLines(), isEnded: view.isEnded).json)
        }
        let limit = LogReader.sliceLimit
        var poll = try Self.poll(of: view, reader, from: offset, found, limit: limit, withTimes: withTimes)
        poll.state = withState ? PollWaiting.state(of: view) : nil
        var json = poll.json
        if json.count > Self.answerLimit {
            // A control character takes six bytes in JSON, and a job may print many. A quarter of the text fits always.
            let state = poll.state
            poll = try Self.poll(of: view, reader, from: offset, limit: limit / 4, withTimes: withTimes)
            poll.state = state
            json = poll.json
        }
        return Response(json: json)
    }

    private static func poll(
        of view: WatchExecution.View, _ reader: LogReader, from offset: Int64, _ found: LogSlice? = nil, limit: Int,
        withTimes: Bool
    ) throws -> PollAnswer {
        var slice = try found ?? reader.slice(at: offset, isEnded: view.isEnded, limit: limit)
        guard withTimes else { return PollAnswer(view: view, slice: slice) }
        let index = TimeIndex(view.files)
        var times = try index.records(of: slice.offset..<slice.nextOffset, limit: timesLimit + 1)
        if times.count > timesLimit, let next = times.popLast(), next.offset > slice.offset {
            // The text ends where its times end. The rest is in the next answer.
            slice = try reader.slice(
                at: slice.offset, isEnded: view.isEnded, limit: Int(next.offset - slice.offset))
        }
        return PollAnswer(view: view, slice: slice, times: times)
    }

    private static func query(from offset: Int64, _ query: Query) -> String {
        var text = "?offset=\(offset)"
        for name in ["times", "wait_ms", "state"] {
            if let value = query[name] { text += "&\(name)=\(PercentEncoding.encode(value))" }
        }
        return text
    }

    /// The log is on another instance. If that instance cannot be reached, the row still shows how an execution ended.
    /// The state of a running execution is unknown then.
    private func answerFromElsewhere(
        _ request: Request, _ view: WatchExecution.View, from offset: Int64?
    ) throws -> Response {
        do {
            return try redirect.response(
                to: request, view, suffix: offset.map { Self.query(from: $0, request.query) } ?? "")
        } catch let error as InstanceUnreachableError {
            guard view.isEnded else { throw error }
            guard offset != nil else {
                return Response(json: OriginalPollAnswer(content: error.message, isEnded: true).json)
            }
            return try JSON.response(PollAnswerWithoutLog(view.execution, error))
        }
    }
}
