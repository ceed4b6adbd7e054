/// The number of executions of a command with a status.
package struct ExecutionCount: Sendable, Equatable {
    package let command: String
    package let status: Status
    package let count: Int

    package init(command: String, status: Status, count: Int) {
        self.command = command
        self.status = status
        self.count = count
    }
}
