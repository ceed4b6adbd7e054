/// Which executions a person may see.
package enum Visibility: Sendable, Equatable {
    case everything
    /// Those of a user.
    case own(String)
    /// Those of a user, and those of some commands.
    case ownAndCommands(String, Set<String>)
}
