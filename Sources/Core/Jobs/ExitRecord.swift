/// STORAGE/jobs/UUID.exit: how the command ended, as its supervisor saw it.
package struct ExitRecord: Sendable, Equatable {
    /// How it ended.
    package let outcome: Outcome
    /// Milliseconds since 1970.
    package let endedMilliseconds: Int64
    /// The same moment on CLOCK_BOOTTIME, in milliseconds.
    package let endedBoottime: Int64
    /// The boot in which that clock counts.
    package let bootID: String
    /// CPU time in milliseconds.
    package let cpuMilliseconds: Int64
    /// Largest resident memory of one process, in bytes.
    package let peakMemory: Int64
    /// Processes that were still running, each the head of what it had started in turn; nil if not known.
    package let leftBehind: Int?

    /// A way to end.
    package enum Outcome: Sendable, Equatable {
        /// By exit(3).
        case code(Int)
        /// By a signal.
        case signal(Int)
    }

    /// Creates a record.
    package init(
        outcome: Outcome, endedMilliseconds: Int64, endedBoottime: Int64, bootID: String, cpuMilliseconds: Int64 = 0,
        peakMemory: Int64 = 0, leftBehind: Int? = 0
    ) {
        self.outcome = outcome
        self.endedMilliseconds = endedMilliseconds
        self.endedBoottime = endedBoottime
        self.bootID = bootID
        self.cpuMilliseconds = cpuMilliseconds
        self.peakMemory = peakMemory
        self.leftBehind = leftBehind
    }

    /// Reads what `remotisan-job` wrote; nil if it is not that.
    init?(_ text: String) {
        let record = RecordText(text)
        if let code = record.integer("code", as: Int.self) {
            outcome = .code(code)
        } else if let signal = record.integer("signal", as: Int.self) {
            outcome = .signal(signal)
        } else {
            return nil
        }
        guard let ended = record.integer("ended", as: Int64.self) else { return nil }
        endedMilliseconds = ended
        endedBoottime = record.integer("ended_boottime") ?? 0
        bootID = record["boot"] ?? ""
        cpuMilliseconds = record.integer("cpu_ms") ?? 0
        peakMemory = record.integer("peak_memory") ?? 0
        leftBehind = record.integer("left_behind", as: Int.self).flatMap { $0 < 0 ? nil : $0 }
    }
}
