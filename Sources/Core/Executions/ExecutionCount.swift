/// How many executions of a command stand alike.
public struct ExecutionCount: Sendable, Equatable {
    /// The command.
    public let command: String
    /// How they stand.
    public let status: Status
    /// How many.
    public let count: Int

    /// Creates a count.
    public init(command: String, status: Status, count: Int) {
        self.command = command
        self.status = status
        self.count = count
    }
}
