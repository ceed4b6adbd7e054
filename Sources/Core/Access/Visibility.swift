/// Which executions somebody sees.
public enum Visibility: Sendable, Equatable {
    /// All.
    case everything
    /// Their own.
    case own(String)
    /// Their own, and those of the commands they may run.
    case ownAndCommands(String, Set<String>)

    /// Whether one execution is among them.
    public func includes(_ execution: Execution) -> Bool {
        switch self {
        case .everything: true
        case .own(let user): execution.userIdentifier?.isExactly(user) ?? false
        case .ownAndCommands(let user, let commands):
            execution.userIdentifier?.isExactly(user) ?? false || commands.containsExactly(execution.command)
        }
    }
}
