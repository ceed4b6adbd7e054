/// What an instance has to do, by the table.
public struct OpenExecutions: Sendable, Equatable {
    /// How many run.
    public var running: Int
    /// How many wait for room.
    public var waiting: Int

    /// So many.
    public init(running: Int = 0, waiting: Int = 0) {
        self.running = running
        self.waiting = waiting
    }
}
