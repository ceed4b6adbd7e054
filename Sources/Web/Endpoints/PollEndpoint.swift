import Core

/// `GET /execute/UUID`: how an execution stands and what it has written.
struct PollEndpoint: Endpoint {
    let watching: WatchExecution
    let elsewhere: InstanceRedirect

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        guard let uuid = JobUUID(values[0]), let view = try watching.view(uuid, for: person) else {
            throw HTTPError(.notFound)
        }
        if request.query.isStrange("offset") { throw HTTPError.invalid("offset", "The offset must be a single value.") }
        let text = request.query["offset"]
        let offset = text.flatMap { Int64($0) }
        if text != nil, offset == nil { throw HTTPError.invalid("offset", "The offset must be a number of bytes.") }
        return view.isHere
            ? try answer(view, from: offset) : try answerFromElsewhere(request, view, uuid, from: offset)
    }

    /// - Parameter offset: nil for the original's answer.
    private func answer(_ view: WatchExecution.View, from offset: Int64?) throws -> Response {
        let reader = LogReader(view.files)
        guard let offset else { return try JSON.response(Original(content: reader.lines(), isEnded: view.isEnded)) }
        var bytes = Self.bytes(view, try reader.slice(at: offset, isEnded: view.isEnded))
        if bytes.count > Self.answerLimit {
            // Control characters are six bytes in JSON, and a job chooses what it writes.
            let slice = try reader.slice(at: offset, isEnded: view.isEnded, limit: LogReader.sliceLimit / 4)
            bytes = Self.bytes(view, slice)
        }
        return Response(headers: [JSON.contentType], body: .bytes(bytes))
    }

    /// The log lies on another instance. Where that cannot be asked, what the row says is still true of a job that has
    /// ended; of one that runs we know nothing.
    private func answerFromElsewhere(
        _ request: Request, _ view: WatchExecution.View, _ uuid: JobUUID, from offset: Int64?
    ) throws -> Response {
        do {
            return try elsewhere.response(to: request, view, uuid, rest: offset.map { "?offset=\($0)" } ?? "")
        } catch let unreachable as InstanceUnreachableError {
            guard view.isEnded else { throw unreachable }
            guard offset != nil else {
                return try JSON.response(Original(content: [unreachable.message], isEnded: true))
            }
            return try JSON.response(WithoutText(view.execution, unreachable))
        }
    }

    /// The answer by offset for a job that has ended and whose log cannot be read from here.
    private struct WithoutText: Encodable {
        let text = ""
        let offset = 0
        let next_offset = 0
        let size = 0
        let isEnded = true
        let status: Int
        let exit_code: Nullable<Int>
        let retry_after_ms = 0
        let kill = Nullable<String>(nil)
        /// Why there is no text.
        let unavailable: String
        let instance: String

        init(_ execution: Execution, _ unreachable: InstanceUnreachableError) {
            status = execution.status.rawValue
            exit_code = Nullable(execution.ending.exitCode)
            unavailable = unreachable.message
            instance = unreachable.instance
        }
    }

    /// Bytes of an answer that web servers are set up to take off our hands at once.
    private static let answerLimit = 512 * 1024

    /// What the original answers.
    private struct Original: Encodable {
        let content: [String]
        let isEnded: Bool
    }

    /// The answer by offset, put together by hand: it is asked for most often by far, and mostly brings nothing new.
    private static func bytes(_ view: WatchExecution.View, _ slice: LogSlice) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slice.text.utf8.count + slice.text.utf8.count / 8 + 256)
        bytes += "{\"text\":".utf8
        JSON.append(slice.text, to: &bytes)
        let code = view.execution.ending.exitCode.map(String.init) ?? "null"
        let facts = """
            ,"offset":\(slice.offset),"next_offset":\(slice.nextOffset),"size":\(slice.size),\
            "isEnded":\(view.isEnded),"status":\(view.execution.status.rawValue),"exit_code":\(code),\
            "retry_after_ms":\(retryAfter(view, slice)),"kill":
            """
        bytes += facts.utf8
        appendKill(view.kill, to: &bytes)
        if let ahead = view.ahead { bytes += ",\"ahead\":\(ahead)".utf8 }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Milliseconds after which asking again is worth it: at once where more is there already, 250 while output
    /// flows, up to 5 s the longer nothing came, or the more wait before it; 0 when nothing more will come.
    private static func retryAfter(_ view: WatchExecution.View, _ slice: LogSlice) -> Int64 {
        if slice.nextOffset < slice.size, !slice.text.isEmpty || view.isEnded { return 0 }
        if view.isEnded { return 0 }
        if let ahead = view.ahead { return min(5000, 500 * Int64(min(ahead, 9) + 1)) }
        let since = max(slice.modifiedMilliseconds, view.execution.executedAt * 1000)
        return min(5000, max(250, (Clock.realtimeMilliseconds() - since) / 8))
    }

    private static func appendKill(_ kill: KillRecord?, to bytes: inout [UInt8]) {
        guard let kill else {
            bytes += "null".utf8
            return
        }
        bytes += "{\"by\":".utf8
        JSON.append(kill.requester.identifier, to: &bytes)
        bytes += ",\"at\":\(kill.steps.first?.at ?? 0),\"steps\":[".utf8
        bytes += kill.steps.map { "{\"signal\":\"\($0.signal.rawValue)\",\"at\":\($0.at)}" }.joined(separator: ",").utf8
        bytes += "],\"survivors\":[".utf8
        for (index, survivor) in kill.survivors.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSON.append(survivor, to: &bytes)
        }
        bytes += "]}".utf8
    }
}
