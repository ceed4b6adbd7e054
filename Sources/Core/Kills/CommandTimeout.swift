/// The `timeout` of a command: decides when an execution has run too long.
struct CommandTimeout {
    /// Seconds that an execution may run; nil for no limit.
    let seconds: Int64?

    init(_ seconds: Int64?) {
        self.seconds = seconds
    }

    /// How many milliseconds a job may still run: 0 if it has run for at least as long as the timeout, nil without one.
    ///
    /// - Parameter running: The time for which it has been running, in milliseconds of the boot clock. Not evaluated
    ///   without a timeout.
    func left(after running: @autoclosure () -> Int64) -> Int64? {
        guard let seconds else { return nil }
        let (timeout, isEndless) = seconds.multipliedReportingOverflow(by: 1000)
        return isEndless ? .max : max(0, timeout - running())
    }
}
