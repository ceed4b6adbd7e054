/// How a job is killed: which signals, how far apart.
public struct KillPlan: Sendable, Equatable {
    /// The signals, in their order. The last is always KILL, so that a kill comes to an end.
    public let signals: [Signal]
    /// Time between two of them, in milliseconds.
    public let graceMilliseconds: Int64

    /// Creates a plan; the default is the original's.
    public init(
        signals: [Signal] = [.quit, .interrupt, .terminate, .hangup, .kill], graceMilliseconds: Int64 = 5000
    ) {
        self.signals = signals.last == .kill ? signals : signals + [.kill]
        self.graceMilliseconds = graceMilliseconds
    }
}
