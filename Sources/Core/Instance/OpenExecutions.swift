/// The number of executions of an instance that have not ended.
package struct OpenExecutions: Sendable, Equatable {
    package var running: Int
    /// Queued executions.
    package var waiting: Int

    package init(running: Int = 0, waiting: Int = 0) {
        self.running = running
        self.waiting = waiting
    }
}
