/// How many executions of a command stand alike.
package struct ExecutionCount: Sendable, Equatable {
    /// The command.
    package let command: String
    /// How they stand.
    package let status: Status
    /// How many.
    package let count: Int

    /// Creates a count.
    package init(command: String, status: Status, count: Int) {
        self.command = command
        self.status = status
        self.count = count
    }
}
