import Core

/// An execution with what its files and the registry say about it.
struct ExecutionDescription {
    let view: WatchExecution.View
    /// The instance that runs it; nil if it is not registered.
    let instance: RegisteredInstance?
    let files: [JobFiles.Entry]
    /// Unix seconds.
    let now: Int64

    private var execution: Execution { view.execution }

    /// The facts with their labels. Facts that do not apply have no line.
    func lines(_ times: TimeText) -> [(label: String, text: String)] {
        let ending = execution.ending
        let end = execution.finishedAt.flatMap { $0 == 0 ? nil : $0 }
        var lines: [(String, String?)] = [
            ("job", execution.jobUUID),
            ("status", "\(execution.status)"),
            ("command", execution.command),
            ("parameters", execution.parameters.isEmpty ? nil : execution.parameters),
            ("user", execution.userIdentifier ?? "-"),
            ("token", execution.token.map { "\($0)" }),
            ("queued", execution.queuedAt.map { times.text($0) }),
            ("ahead in the queue", view.ahead.map { "\($0)" }),
            ("started", execution.status == .queued ? nil : times.text(execution.executedAt)),
            ("ended", end.map { times.text($0) }),
            ("duration", execution.seconds(now: now).map { DurationText.text($0) }),
        ]
        lines += [
            ("exit code", ending.exitCode.map { "\($0)" }),
            ("signal", ending.signal.map { Signal.name(of: $0) }),
            ("reason", ending.reason),
            ("lost", ending.isLost ? "yes, its end was not observed" : nil),
            ("closed by", execution.closedBy),
            ("restored", execution.isRestored ? "yes, from the files of the job" : nil),
            ("kill requested by", execution.intendedToKillBy.map { requester($0, execution.killTokenID) }),
            ("killed by", execution.killedBy.map { requester($0, nil) }),
        ]
        let all = lines + killLines(times) + resourceLines + placeLines
        return all.compactMap { line -> (label: String, text: String)? in
            guard let text = line.1 else { return nil }
            return (label: line.0, text: text)
        }
    }

    private func killLines(_ times: TimeText) -> [(String, String?)] {
        guard let kill = view.kill else { return [] }
        func text(_ step: KillRecord.Step) -> String { "\(step.signal.rawValue) at \(times.text(step.at / 1000))" }
        var lines: [(String, String?)] = kill.steps.map { ("signal sent", text($0)) }
        lines.append(("next signal", view.nextSignal.map(text)))
        lines.append(("kill program", kill.programResult))
        for survivor in kill.survivors { lines.append(("process left", survivor)) }
        return lines
    }

    private var resourceLines: [(String, String?)] {
        let ending = execution.ending
        return [
            ("CPU time", ending.cpuMilliseconds.map { "\($0) ms" }),
            ("peak memory", ending.peakMemory.map { "\($0) bytes" }),
            ("processes left", ending.leftBehind.map { "\($0)" }),
            ("log", ending.logBytes.map { "\($0) bytes" }),
        ]
    }

    private var placeLines: [(String, String?)] {
        let name = instance.map { "\($0.name) \($0.serverUUID)" } ?? execution.serverUUID
        let state = view.isHere ? "this one" : instance.map { $0.isGone(at: now) ? "gone" : "alive" }
        let place: (String, String?) = ("instance", state.map { "\(name), \($0)" } ?? name)
        return [place] + files.map { ("file", "\($0.path), \($0.size) bytes") }
    }

    private func requester(_ requester: KillRequester, _ token: Int64?) -> String {
        token.map { "\(requester.identifier), token \($0)" } ?? requester.identifier
    }

    /// The members of the object in JSON.
    var record: JSONRecord {
        var record = execution.record
        record["duration"] = execution.seconds(now: now)
        record["ahead"] = view.ahead
        record["instance"] = instance.map { other -> JSONRecord in
            ["name": other.name, "gone": other.isGone(at: now), "this_one": view.isHere]
        }
        record["kill"] = view.kill.map { kill -> JSONRecord in
            [
                "by": kill.requester.identifier, "timeout": kill.requester.isTimeout,
                "signals": kill.steps.map { step -> JSONRecord in
                    ["signal": step.signal.rawValue, "at_ms": step.at]
                }, "survivors": kill.survivors, "program": kill.programResult,
            ]
        }
        record["files"] = files.map { file -> JSONRecord in
            ["path": file.path, "size": file.size, "allocated": file.allocated]
        }
        return record
    }
}
