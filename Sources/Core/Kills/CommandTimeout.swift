/// The `timeout` of a command: decides when an execution has run too long.
struct CommandTimeout {
    /// Seconds that an execution may run; nil for no limit.
    let seconds: Int64?

    init(_ seconds: Int64?) {
        self.seconds = seconds
    }

    /// Whether an execution has run for at least as long as the timeout.
    ///
    /// - Parameter now: Unix seconds.
    func hasPassed(for execution: Execution, at now: Int64) -> Bool {
        seconds.map { now - execution.executedAt >= $0 } ?? false
    }
}
