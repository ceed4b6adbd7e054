/// STORAGE/jobs/UUID.kill: the progress of a kill.
///
/// It is written and fsynced before the first signal. Together with the exit record it shows whether the job ended by
/// our signal or had ended before.
package struct KillRecord: Sendable, Equatable {
    /// Who or what requested the kill. It is sanitized, so that it holds no line break.
    package var requester: KillRequester
    /// CLOCK_BOOTTIME right before the first signal, in milliseconds.
    package var startedBoottime: Int64
    /// The boot that this clock belongs to.
    package var bootID: String
    /// Signals sent so far.
    package var steps: [Step]
    /// When the last of them was sent, by CLOCK_BOOTTIME in milliseconds; nil if an earlier version wrote the record.
    package var lastStepBoottime: Int64?
    /// Processes that survived KILL: "PID NAME (reason)".
    package var survivors: [String]
    /// How the program of `kill.run` ended; nil if there is none, or it has not ended.
    package var programResult: String?
    /// The client that the command is, such as `docker exec`, if nothing has ended its work elsewhere; else nil.
    package var client: String?
    /// Whether the program of `kill.run` has not ended yet.
    package var isProgramRunning: Bool

    /// One signal that was sent to all processes of the job.
    package struct Step: Sendable, Equatable {
        package let signal: Signal
        /// Milliseconds since 1970.
        package let at: Int64

        package init(signal: Signal, at: Int64) {
            self.signal = signal
            self.at = at
        }
    }

    package init(
        requester: KillRequester, startedBoottime: Int64, bootID: String, steps: [Step] = [], survivors: [String] = [],
        programResult: String? = nil, client: String? = nil, isProgramRunning: Bool = false
    ) {
        self.requester = requester
        self.startedBoottime = startedBoottime
        self.bootID = bootID
        self.steps = steps
        self.survivors = survivors
        self.programResult = programResult
        self.client = client
        self.isProgramRunning = isProgramRunning
    }

    /// Parses a record; nil if the text is malformed.
    init?(_ text: String) {
        let record = RecordText(text)
        guard let user = record["by"], let boot = record["boot"],
            let started = record.integer("started", as: Int64.self)
        else { return nil }
        self.init(
            requester: KillRequester(user, isTimeout: record["cause"] == "timeout"), startedBoottime: started,
            bootID: boot,
            steps: record.all("step").compactMap { line in
                let parts = line.split(separator: " ")
                guard parts.count == 2, let signal = Signal(name: String(parts[0])), let at = Int64(parts[1]),
                    at >= 0
                else { return nil }
                return Step(signal: signal, at: at)
            },
            survivors: record.all("survivor"), programResult: record["program"], client: record["client"],
            isProgramRunning: record["program_running"] != nil)
        lastStepBoottime = record.integer("last_step")
    }

    /// The record as it is written.
    var text: String {
        var lines = ["by \(requester.identifier)"]
        if requester.isTimeout { lines.append("cause timeout") }
        lines += ["started \(startedBoottime)", "boot \(bootID)"]
        lines += steps.map { "step \($0.signal.rawValue) \($0.at)" }
        if let lastStepBoottime { lines.append("last_step \(lastStepBoottime)") }
        lines += survivors.map { "survivor \($0.sanitized)" }
        if let programResult { lines.append("program \(programResult.sanitized)") }
        if let client { lines.append("client \(client.sanitized)") }
        if isProgramRunning { lines.append("program_running 1") }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension KillPlan {
    /// The signal that follows those of a record, and when it is due in Unix milliseconds, by the wall clock; nil if all
    /// were sent.
    func next(after record: KillRecord) -> KillRecord.Step? {
        guard let last = record.steps.last, last.signal != .kill, record.steps.count < signals.count else { return nil }
        return KillRecord.Step(signal: signals[record.steps.count], at: last.at + graceMilliseconds)
    }
}
