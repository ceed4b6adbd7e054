/// What the table is told of an end.
package struct Settlement: Sendable, Equatable {
    /// The status; never running.
    package let status: Status
    /// Unix seconds.
    package let finishedAt: Int64
    /// Who killed it.
    package let killedBy: KillRequester?
    /// The facts.
    package let ending: Execution.Ending

    /// Whether the command was killed by its timeout.
    package var isTimeout: Bool { killedBy?.isTimeout ?? false }

    /// Creates a settlement.
    package init(status: Status, finishedAt: Int64, killedBy: KillRequester? = nil, ending: Execution.Ending) {
        self.status = status
        self.finishedAt = finishedAt
        self.killedBy = killedBy
        self.ending = ending
    }

    /// What follows from how a job stands; nil while it runs.
    ///
    /// KILLED when our signal came first: the kill record's time is taken right before the first signal and the
    /// exit record's right after the end, both on the clock of the same boot. A command that ended by itself
    /// before keeps its own status, whoever wished it dead.
    ///
    /// - Parameters:
    ///   - state: How the job stands.
    ///   - kill: The kill record, if there is one.
    ///   - logBytes: Length of the log.
    ///   - now: Unix seconds; the end of a job whose end nobody saw.
    package init?(of state: JobState, kill: KillRecord?, logBytes: Int64?, now: Int64) {
        switch state {
        case .running, .unsupervised:
            return nil
        case .ended(let exit):
            let killer = kill.flatMap { $0.precedes(exit) ? $0.requester : nil }
            var ending = Execution.Ending(
                cpuMilliseconds: exit.cpuMilliseconds, peakMemory: exit.peakMemory,
                // A kill is over when nothing is left of the job, whoever went on for a moment after the command.
                leftBehind: killer == nil ? exit.leftBehind : 0, logBytes: logBytes)
            var succeeded = false
            switch exit.outcome {
            case .code(let code):
                ending.exitCode = code
                succeeded = code == 0
            case .signal(let signal):
                ending.signal = signal
            }
            self.init(
                status: killer != nil ? .killed : succeeded ? .completed : .failed,
                finishedAt: exit.endedMilliseconds / 1000, killedBy: killer, ending: ending)
        case .lost:
            self.init(
                status: kill != nil ? .killed : .failed, finishedAt: now, killedBy: kill?.requester,
                ending: Execution.Ending(reason: kill != nil ? nil : "lost", isLost: kill == nil, logBytes: logBytes))
        }
    }

    /// The settlement of one that was called off while it waited.
    package static func cancelled(by requester: KillRequester, now: Int64) -> Settlement {
        Settlement(
            status: .killed, finishedAt: now, killedBy: requester,
            ending: Execution.Ending(reason: "cancelled before it started"))
    }

    /// The settlement of a job that could not be started.
    package static func notStarted(reason: String, logBytes: Int64?, now: Int64) -> Settlement {
        Settlement(status: .failed, finishedAt: now, ending: Execution.Ending(reason: reason, logBytes: logBytes))
    }
}

extension KillRecord {
    /// Whether the first signal was sent before the command ended.
    func precedes(_ exit: ExitRecord) -> Bool {
        bootID == exit.bootID && startedBoottime <= exit.endedBoottime
    }
}
