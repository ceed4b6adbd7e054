/// STORAGE/jobs/UUID.kill: that a broker kills this job, for whom, and how far it has come.
///
/// It stands, durably, before the first signal is sent. Together with the exit record it tells whether the job
/// ended by our signal or had ended before.
package struct KillRecord: Sendable, Equatable {
    /// Who or what asked. Sanitized, so that it holds no line break.
    package var requester: KillRequester
    /// CLOCK_BOOTTIME in milliseconds, right before the first signal.
    package var startedBoottime: Int64
    /// The boot in which that clock counts.
    package var bootID: String
    /// Signals sent so far.
    package var steps: [Step]
    /// Who is still there although KILL was sent: "PID NAME (why)".
    package var survivors: [String]

    /// One signal to all processes of the job.
    package struct Step: Sendable, Equatable {
        /// Which.
        package let signal: Signal
        /// Milliseconds since 1970.
        package let at: Int64

        /// Creates a step.
        package init(signal: Signal, at: Int64) {
            self.signal = signal
            self.at = at
        }
    }

    /// Creates a record.
    package init(
        requester: KillRequester, startedBoottime: Int64, bootID: String, steps: [Step] = [], survivors: [String] = []
    ) {
        self.requester = requester
        self.startedBoottime = startedBoottime
        self.bootID = bootID
        self.steps = steps
        self.survivors = survivors
    }

    /// Reads a record; nil if it is not one.
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
            survivors: record.all("survivor"))
    }

    /// The record as it is written.
    var text: String {
        var lines = ["by \(requester.identifier)"]
        if requester.isTimeout { lines.append("cause timeout") }
        lines += ["started \(startedBoottime)", "boot \(bootID)"]
        lines += steps.map { "step \($0.signal.rawValue) \($0.at)" }
        lines += survivors.map { "survivor \($0.sanitized)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
