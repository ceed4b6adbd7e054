/// Who may run, see and kill what: every decision about rights, as plain values.
package struct Permissions: Sendable {
    private let roles: [String: RoleRule]
    private let superUsers: Set<String>
    private let ownHistoryOnly: Bool
    /// Whether anybody may kill anything.
    let killAllowed: Bool

    /// The permissions that a configuration describes.
    package init(_ configuration: Configuration) {
        roles = configuration.roles
        superUsers = configuration.superUsers
        ownHistoryOnly = configuration.history.shouldScope
        killAllowed = configuration.allowProcessKill
    }

    /// The person behind credentials; nil if nobody vouched for an identifier.
    package func person(_ caller: Credentials) -> Person? {
        guard !caller.user.isEmpty else { return nil }
        let held = roles.filter { $0.value.matches(caller) }.map(\.key)
        return Person(
            identifier: caller.user,
            roles: caller.roles.union(held),
            isSuperUser: superUsers.contains("*") || superUsers.containsExactly(caller.user))
    }

    /// Whether a person may run a command. `*` on the allow-list is every role, so it takes at least one.
    package func mayRun(_ command: Command, _ person: Person) -> Bool {
        guard !person.roles.isEmpty else { return false }
        return command.roles.contains("*") || !command.roles.isDisjoint(with: person.roles)
    }

    /// Whether a person sees an execution: theirs, of a command they may run, or any to a super user; with
    /// `history.should_scope` only theirs.
    ///
    /// - Parameter command: The command of the execution, if it is still on the allow-list.
    package func maySee(_ execution: Execution, _ command: Command?, _ person: Person) -> Bool {
        if isOwner(execution.userIdentifier, person) { return true }
        if ownHistoryOnly { return false }
        return person.isSuperUser || (command.map { mayRun($0, person) } ?? false)
    }

    /// Which executions a person sees: the same rule for many at once.
    ///
    /// - Parameters:
    ///   - person: Who asks.
    ///   - runnable: Names of the commands that this person may run.
    package func visibility(for person: Person, runnable: @autoclosure () -> Set<String>) -> Visibility {
        if ownHistoryOnly { return .own(person.identifier) }
        if person.isSuperUser { return .everything }
        return .ownAndCommands(person.identifier, runnable())
    }

    /// Whether a person may kill an execution of this owner.
    package func mayKill(ownedBy owner: String?, _ person: Person) -> Bool {
        guard killAllowed else { return false }
        return person.isSuperUser || isOwner(owner, person)
    }

    /// Whether an execution is this person's own. One without an owner is nobody's.
    package func isOwner(_ owner: String?, _ person: Person) -> Bool {
        guard let owner, !owner.isEmpty else { return false }
        return owner.isExactly(person.identifier)
    }
}
