/// Where a kill stands and what comes next: a pure decision, time is an argument.
package struct KillSequence: Sendable, Equatable {
    private let plan: KillPlan
    private var sent: Int
    private var lastSentAt: Int64

    /// What to do now.
    package enum Action: Sendable, Equatable {
        /// Send this signal to every process of the job.
        case send(Signal)
        /// The grace is not over.
        case wait
        /// Nothing is left.
        case done
        /// KILL was sent a whole grace ago and something is still there: send it again, and name who.
        case insist
    }

    /// A sequence at its beginning, or where another broker left it.
    ///
    /// - Parameters:
    ///   - sent: Signals sent so far.
    ///   - lastSentAt: When the last of them was, in milliseconds.
    package init(_ plan: KillPlan, sent: Int = 0, lastSentAt: Int64 = 0) {
        self.plan = plan
        self.sent = min(sent, plan.signals.count)
        self.lastSentAt = lastSentAt
    }

    /// Whether the last signal has been sent.
    package var isAtItsEnd: Bool { sent == plan.signals.count }

    /// Counts the grace from now: what had to be written before a signal may take its time.
    package mutating func wasSent(at now: Int64) {
        lastSentAt = now
    }

    /// The action for this moment.
    ///
    /// - Parameters:
    ///   - now: Milliseconds on any clock that is not set back.
    ///   - anyLeft: Whether a process of the job is alive.
    package mutating func next(now: Int64, anyLeft: Bool) -> Action {
        guard anyLeft else { return .done }
        // With no grace at all KILL still gets a moment to work before anybody is called a survivor.
        let grace = isAtItsEnd ? max(plan.graceMilliseconds, 1000) : plan.graceMilliseconds
        if sent > 0, now < lastSentAt + grace { return .wait }
        lastSentAt = now
        if isAtItsEnd { return .insist }
        sent += 1
        return .send(plan.signals[sent - 1])
    }
}
