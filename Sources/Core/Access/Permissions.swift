/// Decides which commands a person may run, and which executions they may see and kill.
package struct Permissions: Sendable {
    private let identity: Configuration.Identity
    private let roles: [String: RoleRule]
    private let superUsers: Set<String>
    private let ownHistoryOnly: Bool
    /// Whether anyone may kill anything.
    let killAllowed: Bool

    package init(_ configuration: Configuration) {
        let identity = configuration.identity
        self.identity = identity
        roles = configuration.roles.mapValues { rule in
            var rule = rule
            rule.users = Set(rule.users.map(identity.identifier(of:)))
            return rule
        }
        superUsers = Set(configuration.superUsers.map(identity.identifier(of:)))
        ownHistoryOnly = configuration.history.shouldScope
        killAllowed = configuration.allowProcessKill
    }

    /// The person with some credentials; nil if they prove no user identifier.
    package func person(_ caller: Credentials) -> Person? {
        guard !caller.user.isEmpty else { return nil }
        var caller = caller
        caller.user = identity.identifier(of: caller.user)
        let held = roles.filter { $0.value.matches(caller) }.map(\.key)
        return Person(
            identifier: caller.user,
            roles: caller.roles.union(held),
            isSuperUser: superUsers.contains("*") || superUsers.containsExactly(caller.user))
    }

    /// Whether a person may run a command. `*` stands for every role, so the person needs at least one role.
    package func mayRun(_ command: Command, by person: Person) -> Bool {
        guard !person.roles.isEmpty else { return false }
        return command.roles.contains("*") || !command.roles.isDisjoint(with: person.roles)
    }

    /// Whether a person may see an execution: their own, one of a command that they may run, or any for a super user.
    /// With `history.should_scope` people see only their own.
    ///
    /// - Parameter command: The command of the execution; nil if it is not on the allow-list any more.
    package func maySee(_ execution: Execution, of command: Command?, by person: Person) -> Bool {
        if isOwner(execution.userIdentifier, person) { return true }
        if ownHistoryOnly { return false }
        return person.isSuperUser || (command.map { mayRun($0, by: person) } ?? false)
    }

    /// Which executions a person may see. This is the rule of ``maySee(_:of:by:)`` for many executions at once.
    ///
    /// - Parameters:
    ///   - person: The person.
    ///   - runnable: Names of the commands that the person may run.
    package func visibility(for person: Person, runnable: @autoclosure () -> Set<String>) -> Visibility {
        if ownHistoryOnly { return .own(person.identifier) }
        if person.isSuperUser { return .everything }
        return .ownAndCommands(person.identifier, runnable())
    }

    /// Whether a person may kill an execution with this owner.
    package func mayKill(ownedBy owner: String?, by person: Person) -> Bool {
        guard killAllowed else { return false }
        return person.isSuperUser || isOwner(owner, person)
    }

    /// Whether a person owns an execution. An execution without an owner belongs to no person.
    package func isOwner(_ owner: String?, _ person: Person) -> Bool {
        guard let owner, !owner.isEmpty else { return false }
        return identity.identifier(of: owner).isExactly(person.identifier)
    }
}

/// A user, as proved by the web server, a token or the command line.
package struct Person: Sendable, Equatable {
    /// The user identifier. It is never empty.
    package let identifier: String
    /// The roles of the person.
    package let roles: Set<String>
    /// Whether the person may see and kill everything.
    package let isSuperUser: Bool

    /// Nil if the identifier is empty, so that two unidentified users never count as one person.
    package init?(identifier: String, roles: Set<String>, isSuperUser: Bool) {
        guard !identifier.isEmpty else { return nil }
        self.identifier = identifier
        self.roles = roles
        self.isSuperUser = isSuperUser
    }
}

/// Which executions a person may see.
package enum Visibility: Sendable, Equatable {
    case everything
    /// Those of a user.
    case own(String)
    /// Those of a user, and those of some commands.
    case ownAndCommands(String, Set<String>)
}
