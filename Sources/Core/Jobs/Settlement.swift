/// The end of an execution, as the store records it.
package struct Settlement: Sendable, Equatable {
    /// The status. It is never running.
    package let status: Status
    /// The time of the end, in Unix seconds.
    package let finishedAt: Int64
    /// Who or what killed the job; nil if it was not killed.
    package let killedBy: KillRequester?
    /// Details of the end.
    package let ending: Execution.Ending
    /// The number of the API token with which a queued execution was cancelled; nil if there was none.
    package let killTokenID: Int64?
    /// Milliseconds from the start to the end, by the boot clock; nil if they are unknown.
    package private(set) var ranMilliseconds: Int64?
    /// The signals of the kill and their times, for the audit: `TERM 2026-01-31T12:00:00Z`.
    package var signals: [String] = []

    /// Whether the command was killed by its timeout.
    package var isTimeout: Bool { killedBy?.isTimeout ?? false }

    package init(
        status: Status, finishedAt: Int64, killedBy: KillRequester? = nil, ending: Execution.Ending,
        killTokenID: Int64? = nil, ranMilliseconds: Int64? = nil
    ) {
        self.ranMilliseconds = ranMilliseconds
        self.status = status
        self.finishedAt = finishedAt
        self.killedBy = killedBy
        self.ending = ending
        self.killTokenID = killTokenID
    }

    /// The settlement for the state of a job; nil while it runs.
    ///
    /// The status is KILLED if our signal came first. The kill record has the first signal and its time before that
    /// signal is sent, and that of the exit record right after the end. Both count by the clock of one boot. A command
    /// that ended by itself before keeps its own status, even if a kill was requested.
    ///
    /// - Parameters:
    ///   - state: The state of the job.
    ///   - kill: The kill record; nil if there is none.
    ///   - logBytes: Length of the log.
    ///   - now: Unix seconds. This is the time of the end if the end was not observed.
    package init?(of state: JobState, kill: KillRecord?, logBytes: Int64?, now: Int64) {
        switch state {
        case .running, .unsupervised:
            return nil
        case .ended(let exit):
            let killer = kill.flatMap { $0.precedes(exit) ? $0.requester : nil }
            var ending = Execution.Ending(
                cpuMilliseconds: exit.cpuMilliseconds, peakMemory: exit.peakMemory,
                // A kill ends when no process of the job is left, even if some ran a moment longer than the command.
                leftBehind: killer == nil ? exit.leftBehind : kill?.leftBehind, logBytes: logBytes)
            if killer != nil {
                ending.reason = kill?.doubt
            } else if !exit.remaining.isEmpty {
                ending.reason = "not ended: " + exit.remaining.map(\.sanitized).joined(separator: ", ")
            }
            switch exit.outcome {
            case .code(let code):
                ending.exitCode = code
            case .signal(let signal):
                ending.signal = signal
            }
            if exit.isLogIncomplete, ending.reason == nil {
                ending.reason = "the log is incomplete: its disk did not answer in time"
            }
            self.init(
                status: killer != nil ? .killed : exit.isSuccess ? .completed : .failed,
                finishedAt: exit.endedMilliseconds / 1000, killedBy: killer, ending: ending,
                ranMilliseconds: exit.ranMilliseconds)
        case .lost:
            let kill = kill.flatMap { $0.hasActed ? $0 : nil }
            self.init(
                status: kill != nil ? .killed : .failed, finishedAt: now, killedBy: kill?.requester,
                ending: Execution.Ending(
                    reason: kill != nil ? kill?.doubt : "lost", isLost: kill == nil, logBytes: logBytes))
        }
    }

    /// The settlement of an execution that was cancelled while it was queued.
    package static func cancelled(by requester: KillRequester, token: Int64? = nil, now: Int64) -> Settlement {
        Settlement(
            status: .killed, finishedAt: now, killedBy: requester,
            ending: Execution.Ending(reason: "cancelled before it started"), killTokenID: token)
    }

    /// The settlement of an execution that could not be started.
    package static func notStarted(reason: String, logBytes: Int64?, now: Int64) -> Settlement {
        Settlement(status: .failed, finishedAt: now, ending: Execution.Ending(reason: reason, logBytes: logBytes))
    }
}

extension KillRecord {
    /// Whether a step was taken: a signal was sent, or the program was started. A broker that was ended before that has
    /// killed nothing.
    var hasActed: Bool { !steps.isEmpty || isProgramRunning || programResult != nil }

    /// Whether our first step came before the command ended.
    ///
    /// A job lives in one boot. If the boots differ, the broker saw another boot id than the supervisor, as in a
    /// container of its own, and only the wall clock is the same for both.
    func precedes(_ exit: ExitRecord) -> Bool {
        guard hasActed else { return false }
        guard bootID != exit.bootID else { return startedBoottime <= exit.endedBoottime }
        return steps.first.map { $0.at <= exit.endedMilliseconds } ?? false
    }

    /// Number of processes that went on after a complete kill; nil if it is unknown.
    fileprivate var leftBehind: Int? { client == nil ? 0 : nil }

    /// What the kill may not have reached; nil for nothing.
    fileprivate var doubt: String? {
        client.map { "\($0) was killed, but work that it started elsewhere may go on" }
    }
}
