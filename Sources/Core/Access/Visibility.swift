/// Which executions somebody sees.
package enum Visibility: Sendable, Equatable {
    /// All.
    case everything
    /// Their own.
    case own(String)
    /// Their own, and those of the commands they may run.
    case ownAndCommands(String, Set<String>)
}
