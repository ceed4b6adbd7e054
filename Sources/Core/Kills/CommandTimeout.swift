/// The `timeout` of a command: decides when an execution has run too long.
struct CommandTimeout {
    /// Seconds that an execution may run; nil for no limit.
    let seconds: Int64?

    init(_ seconds: Int64?) {
        self.seconds = seconds
    }

    /// Whether a job has run for at least as long as the timeout.
    ///
    /// - Parameter running: The time for which it has been running, in milliseconds of the boot clock. Not evaluated
    ///   without a timeout.
    func hasPassed(after running: @autoclosure () -> Int64) -> Bool {
        guard let seconds else { return false }
        return running() / 1000 >= seconds
    }
}
