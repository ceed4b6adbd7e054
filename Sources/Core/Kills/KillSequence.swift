/// The signals of a kill and the time between them.
package struct KillPlan: Sendable, Equatable {
    /// The signals in order. The last one is always KILL, so that a kill ends.
    package let signals: [Signal]
    /// Time between two signals, in milliseconds.
    package let graceMilliseconds: Int64
    /// The program that runs before the first signal, and its arguments; empty for none.
    package let program: [String]

    /// The default signals are the original's, the graceful ones first. TERM is the first, because programs end by it
    /// unless they handle it. A shell script without a terminal ignores QUIT and, in part, INT. Only its current child
    /// would end, and the script would go on with its next command.
    package init(
        signals: [Signal] = [.terminate, .interrupt, .hangup, .quit, .kill], graceMilliseconds: Int64 = 5000,
        program: [String] = []
    ) {
        self.signals = signals.last == .kill ? signals : signals + [.kill]
        self.graceMilliseconds = graceMilliseconds
        self.program = program
    }
}

/// Decides which step of a kill comes next and when. It has no side effects, and time is an argument.
package struct KillSequence: Sendable, Equatable {
    private let plan: KillPlan
    private var sent: Int
    private var lastSentAt: Int64
    /// Whether the program of the plan has ended, or there is none.
    private var isProgramDone: Bool
    /// Whether the first signal waits for a grace, too, because the program has succeeded.
    private var isWaitingForProgram = false

    /// The next step of a kill.
    package enum Action: Sendable, Equatable {
        /// Run the program of the plan, or wait for its end.
        case run
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
    ///   - isProgramDone: Whether the program of the plan has ended.
    package init(_ plan: KillPlan, sent: Int = 0, lastSentAt: Int64 = 0, isProgramDone: Bool = false) {
        self.plan = plan
        self.sent = min(sent, plan.signals.count)
        self.lastSentAt = lastSentAt
        self.isProgramDone = isProgramDone || plan.program.isEmpty || sent > 0
    }

    /// Whether all signals have been sent.
    package var isComplete: Bool { sent == plan.signals.count }

    /// Whether a step other than waiting is due, if a process is left.
    package func isDue(now: Int64) -> Bool {
        var copy = self
        return copy.next(now: now, anyLeft: true) != .wait
    }

    /// Restarts the grace. The record that is written before a signal may take its time.
    package mutating func wasSent(at now: Int64) {
        lastSentAt = now
    }

    /// Continues with the signals after the program has ended.
    ///
    /// - Parameter succeeded: If true, the job gets a grace to end. If false, the first signal is due at once.
    package mutating func programEnded(at now: Int64, succeeded: Bool) {
        isProgramDone = true
        isWaitingForProgram = succeeded
        lastSentAt = now
    }

    /// Leaves out all signals before the last one, which is KILL, and the program of the plan. KILL is due at once.
    package mutating func skipToKill() {
        guard !isComplete else { return }
        sent = plan.signals.count - 1
        isProgramDone = true
        isWaitingForProgram = false
        lastSentAt = .min / 2
    }

    /// The action that is due.
    ///
    /// - Parameters:
    ///   - now: Milliseconds of a clock that never goes back.
    ///   - anyLeft: Whether a process of the job is alive.
    package mutating func next(now: Int64, anyLeft: Bool) -> Action {
        guard anyLeft else { return .done }
        guard isProgramDone else { return .run }
        // KILL needs a moment to take effect, even with a grace of 0, before a process counts as a survivor.
        let grace = isComplete ? max(plan.graceMilliseconds, 1000) : plan.graceMilliseconds
        if sent > 0 || isWaitingForProgram, now < lastSentAt + grace { return .wait }
        lastSentAt = now
        if isComplete { return .insist }
        sent += 1
        return .send(plan.signals[sent - 1])
    }
}
