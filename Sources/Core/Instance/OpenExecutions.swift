/// What an instance has to do, by the table.
package struct OpenExecutions: Sendable, Equatable {
    /// How many run.
    package var running: Int
    /// How many wait for room.
    package var waiting: Int

    /// So many.
    package init(running: Int = 0, waiting: Int = 0) {
        self.running = running
        self.waiting = waiting
    }
}
