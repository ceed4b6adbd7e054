/// The signals of a kill and the time between them.
package struct KillPlan: Sendable, Equatable {
    /// The signals in order. The last one is always KILL, so that a kill ends.
    package let signals: [Signal]
    /// Time between two signals, in milliseconds.
    package let graceMilliseconds: Int64

    /// The default signals are the original's.
    package init(
        signals: [Signal] = [.quit, .interrupt, .terminate, .hangup, .kill], graceMilliseconds: Int64 = 5000
    ) {
        self.signals = signals.last == .kill ? signals : signals + [.kill]
        self.graceMilliseconds = graceMilliseconds
    }
}

/// Decides which signal of a kill comes next and when. It has no side effects, and time is an argument.
package struct KillSequence: Sendable, Equatable {
    private let plan: KillPlan
    private var sent: Int
    private var lastSentAt: Int64

    /// The next step of a kill.
    package enum Action: Sendable, Equatable {
        /// Send this signal to every process of the job.
        case send(Signal)
        /// Wait until the grace is over.
        case wait
        /// Stop, because no process is left.
        case done
        /// Send KILL again and report the survivors, because a grace has passed since KILL was sent.
        case insist
    }

    /// A sequence at its start, or at the point where another broker left it.
    ///
    /// - Parameters:
    ///   - sent: Signals sent so far.
    ///   - lastSentAt: When the last of them was sent, in milliseconds.
    package init(_ plan: KillPlan, sent: Int = 0, lastSentAt: Int64 = 0) {
        self.plan = plan
        self.sent = min(sent, plan.signals.count)
        self.lastSentAt = lastSentAt
    }

    /// Whether all signals have been sent.
    package var isComplete: Bool { sent == plan.signals.count }

    /// Restarts the grace. The record that is written before a signal may take its time.
    package mutating func wasSent(at now: Int64) {
        lastSentAt = now
    }

    /// The action that is due.
    ///
    /// - Parameters:
    ///   - now: Milliseconds of a clock that never goes back.
    ///   - anyLeft: Whether a process of the job is alive.
    package mutating func next(now: Int64, anyLeft: Bool) -> Action {
        guard anyLeft else { return .done }
        // KILL needs a moment to take effect, even with a grace of 0, before a process counts as a survivor.
        let grace = isComplete ? max(plan.graceMilliseconds, 1000) : plan.graceMilliseconds
        if sent > 0, now < lastSentAt + grace { return .wait }
        lastSentAt = now
        if isComplete { return .insist }
        sent += 1
        return .send(plan.signals[sent - 1])
    }
}
