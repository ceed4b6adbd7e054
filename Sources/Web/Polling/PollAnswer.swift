import Core

/// The answer to a poll with `offset`.
struct PollAnswer {
    let view: WatchExecution.View
    let slice: LogSlice
    /// When the bytes of the slice arrived; nil if the request does not want the times.
    var times: [TimeIndex.Record]?
    /// What the next poll passes on, so that it waits only if nothing has changed; nil if the request does not wait.
    var state: String?

    /// The answer as JSON. It is written by hand, because polls are by far the most frequent requests and most return
    /// no new text.
    var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slice.text.utf8.count + slice.text.utf8.count / 8 + 256)
        bytes += "{\"text\":".utf8
        JSON.append(slice.text, to: &bytes)
        let code = view.execution.ending.exitCode.map(String.init) ?? "null"
        let interval = PollInterval(view: view, slice: slice).milliseconds(now: Clock.realtimeMilliseconds())
        let facts = """
            ,"offset":\(slice.offset),"next_offset":\(slice.nextOffset),"size":\(slice.size),\
            "encoding":"\(view.encoding.rawValue)",\
            "isEnded":\(view.isEnded),"status":\(view.execution.status.rawValue),"exit_code":\(code),\
            "retry_after_ms":\(interval),"kill":
            """
        bytes += facts.utf8
        Self.append(view.kill, next: view.nextSignal, to: &bytes)
        if let times {
            bytes += ",\"times\":[".utf8
            for (index, time) in times.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(UInt8(ascii: "["))
                Self.append(time.offset, to: &bytes)
                bytes.append(UInt8(ascii: ","))
                Self.append(time.milliseconds, to: &bytes)
                bytes.append(UInt8(ascii: "]"))
            }
            bytes.append(UInt8(ascii: "]"))
        }
        if let state { bytes += ",\"state\":\"\(state)\"".utf8 }
        if let ahead = view.ahead { bytes += ",\"ahead\":\(ahead)".utf8 }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Appends the digits of a number that is not negative. An answer may have thousands of them.
    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = max(0, number)
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    private static func append(_ kill: KillRecord?, next: KillRecord.Step?, to bytes: inout [UInt8]) {
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
        bytes += "],\"next\":".utf8
        bytes += (next.map { "{\"signal\":\"\($0.signal.rawValue)\",\"at\":\($0.at)}" } ?? "null").utf8
        bytes.append(UInt8(ascii: "}"))
    }
}

/// The original's answer, to a poll without `offset`.
struct OriginalPollAnswer {
    /// The last lines of the log, as one text.
    let content: String
    let isEnded: Bool

    /// The answer as JSON. The original's page asks for the whole log each second, so it is written without a text for
    /// each line.
    var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.utf8.count + content.utf8.count / 8 + 64)
        bytes += "{\"content\":".utf8
        JSON.append(linesOf: content, to: &bytes)
        bytes += ",\"isEnded\":\(isEnded)}".utf8
        return bytes
    }
}

/// The answer to a poll with `offset` of an execution that has ended and whose log cannot be read from here.
struct PollAnswerWithoutLog: Encodable {
    let text = ""
    let offset = 0
    let next_offset = 0
    let size = 0
    let encoding = LogEncoding.utf8.rawValue
    let isEnded = true
    let status: Int
    let exit_code: Nullable<Int>
    let retry_after_ms = 0
    let kill = Nullable<String>(nil)
    /// A sentence that says why there is no text.
    let unavailable: String
    let instance: String

    init(_ execution: Execution, _ error: InstanceUnreachableError) {
        status = execution.status.rawValue
        exit_code = Nullable(execution.ending.exitCode)
        unavailable = error.message
        instance = error.instance
    }
}
