/// STORAGE/jobs/UUID.exit: how the command ended, as observed by its supervisor.
package struct ExitRecord: Sendable, Equatable {
    package let outcome: Outcome
    /// Whether the outcome means success. The configuration at the start of the job decides.
    package let isSuccess: Bool
    /// Whether output was missing in the log, because the disk did not answer.
    package let isLogIncomplete: Bool
    /// Milliseconds since 1970.
    package let endedMilliseconds: Int64
    /// The same moment on CLOCK_BOOTTIME, in milliseconds.
    package let endedBoottime: Int64
    /// Milliseconds from the start to the end, by CLOCK_BOOTTIME; nil if an earlier version wrote the record.
    package let ranMilliseconds: Int64?
    /// The boot that this clock belongs to.
    package let bootID: String
    /// CPU time in milliseconds.
    package let cpuMilliseconds: Int64
    /// Largest resident memory of one process, in bytes.
    package let peakMemory: Int64
    /// Number of child processes that were still running; nil if it is unknown. Their own children are not counted.
    package let leftBehind: Int?
    /// Whether the supervisor is ending the processes that the command left (`remaining_processes: kill`).
    package let isEndingRemaining: Bool
    /// The processes that it could not end: "PID NAME (reason)".
    package let remaining: [String]

    package enum Outcome: Sendable, Equatable {
        /// The code passed to exit(3).
        case code(Int)
        /// The signal that ended it.
        case signal(Int)
    }

    package init(
        outcome: Outcome, endedMilliseconds: Int64, endedBoottime: Int64, bootID: String, cpuMilliseconds: Int64 = 0,
        peakMemory: Int64 = 0, leftBehind: Int? = 0, isEndingRemaining: Bool = false, remaining: [String] = [],
        ranMilliseconds: Int64? = nil
    ) {
        self.ranMilliseconds = ranMilliseconds
        self.outcome = outcome
        isSuccess = outcome == .code(0)
        isLogIncomplete = false
        self.endedMilliseconds = endedMilliseconds
        self.endedBoottime = endedBoottime
        self.bootID = bootID
        self.cpuMilliseconds = cpuMilliseconds
        self.peakMemory = peakMemory
        self.leftBehind = leftBehind
        self.isEndingRemaining = isEndingRemaining
        self.remaining = remaining
    }

    /// Parses a record of `remotisan-job`; nil if the text is malformed.
    init?(_ text: String) {
        let record = RecordText(text)
        if let code = record.integer("code", as: Int.self) {
            outcome = .code(code)
        } else if let signal = record.integer("signal", as: Int.self) {
            outcome = .signal(signal)
        } else {
            return nil
        }
        isSuccess = record.integer("success", as: Int.self).map { $0 == 1 } ?? (outcome == .code(0))
        isLogIncomplete = record["log_incomplete"] != nil
        guard let ended = record.integer("ended", as: Int64.self) else { return nil }
        endedMilliseconds = ended
        endedBoottime = record.integer("ended_boottime") ?? 0
        ranMilliseconds = record.integer("ran_ms")
        bootID = record["boot"] ?? ""
        cpuMilliseconds = record.integer("cpu_ms") ?? 0
        peakMemory = record.integer("peak_memory") ?? 0
        leftBehind = record.integer("left_behind", as: Int.self).flatMap { $0 < 0 ? nil : $0 }
        isEndingRemaining = record["ending_remaining"] != nil
        remaining = record.all("remaining")
    }
}
