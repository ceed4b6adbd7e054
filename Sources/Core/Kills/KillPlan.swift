/// How a job is killed: which signals, how far apart.
package struct KillPlan: Sendable, Equatable {
    /// The signals, in their order. The last is always KILL, so that a kill comes to an end.
    package let signals: [Signal]
    /// Time between two of them, in milliseconds.
    package let graceMilliseconds: Int64

    /// Creates a plan; the default is the original's.
    package init(
        signals: [Signal] = [.quit, .interrupt, .terminate, .hangup, .kill], graceMilliseconds: Int64 = 5000
    ) {
        self.signals = signals.last == .kill ? signals : signals + [.kill]
        self.graceMilliseconds = graceMilliseconds
    }
}
