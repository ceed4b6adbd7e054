/// Decides which commands a person may run, and which executions they may see and kill.
package struct Permissions: Sendable {
    private let identity: Configuration.Identity
    private let roles: [String: RoleRule]
    private let superUsers: Set<String>
    private let metricsRoles: Set<String>
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
        metricsRoles = configuration.metricsRoles
        ownHistoryOnly = configuration.history.shouldScope
        killAllowed = configuration.allowProcessKill
    }

    /// The person with some credentials; nil if they prove no user identifier.
    package func person(_ caller: Credentials) -> Person? {
        guard !caller.user.isEmpty else { return nil }
        var caller = caller
        caller.user = identity.identifier(of: caller.user)
        if let token = caller.token {
            return Person(
                identifier: caller.user, roles: token.roles, isSuperUser: token.isSuperUser,
                token: TokenReference(token), login: caller.login)
        }
        return Person(
            identifier: caller.user,
            roles: Set(roles.filter { $0.value.matches(caller) }.keys),
            isSuperUser: superUsers.contains("*") || superUsers.containsExactly(caller.user), login: caller.login)
    }

    /// Whether a person may run a command.
    package func mayRun(_ command: Command, by person: Person) -> Bool {
        person.holds(oneOf: command.roles)
    }

    /// Whether a person may see executions of a command that others started. Who may kill an execution may also see it.
    package func mayView(_ command: Command, by person: Person) -> Bool {
        person.holds(oneOf: command.options.viewRoles ?? command.roles)
            || person.holds(oneOf: command.options.killRoles)
    }

    /// Whether a person may see an execution: their own, one of a command whose executions they may see, or any for a
    /// super user. With `history.should_scope` people see only their own.
    ///
    /// - Parameter command: The command of the execution; nil if it is not on the allow-list any more.
    package func maySee(_ execution: Execution, of command: Command?, by person: Person) -> Bool {
        if isOwner(execution.userIdentifier, person) { return true }
        if ownHistoryOnly { return false }
        return person.isSuperUser || (command.map { mayView($0, by: person) } ?? false)
    }

    /// Which executions a person may see. This is the rule of ``maySee(_:of:by:)`` for many executions at once.
    ///
    /// - Parameters:
    ///   - person: The person.
    ///   - viewable: Names of the commands whose executions the person may see.
    package func visibility(for person: Person, viewable: @autoclosure () -> Set<String>) -> Visibility {
        if ownHistoryOnly { return .own(person.identifier) }
        if person.isSuperUser { return .everything }
        return .ownAndCommands(person.identifier, viewable())
    }

    /// Whether a person may kill an execution: their own, one of a command whose `kill` roles they hold, or any for a
    /// super user.
    ///
    /// - Parameters:
    ///   - owner: The user who started it.
    ///   - command: Its command; nil if that is not on the allow-list any more.
    ///   - person: The person.
    package func mayKill(ownedBy owner: String?, of command: Command?, by person: Person) -> Bool {
        guard killAllowed else { return false }
        return person.isSuperUser || isOwner(owner, person) || person.holds(oneOf: command?.options.killRoles ?? [])
    }

    /// Whether a person may read the metrics.
    package func mayReadMetrics(by person: Person) -> Bool {
        person.isSuperUser || person.holds(oneOf: metricsRoles)
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
    /// The API token that proves the user; nil if none does.
    package let token: TokenReference?
    /// How the person came in, for the audit.
    package let login: Login

    /// Nil if the identifier is empty, so that two unidentified users never count as one person.
    package init?(
        identifier: String, roles: Set<String>, isSuperUser: Bool, token: TokenReference? = nil, login: Login = Login()
    ) {
        guard !identifier.isEmpty else { return nil }
        self.identifier = identifier
        self.roles = roles
        self.isSuperUser = isSuperUser
        self.token = token
        self.login = login
    }

    /// Whether the person has one of some roles. `*` stands for every role, so the person needs at least one role.
    func holds(oneOf allowed: Set<String>) -> Bool {
        guard !roles.isEmpty else { return false }
        return allowed.contains("*") || allowed.sharesExactly(roles)
    }

    /// The user, and the token if there is one, for our log.
    package var logText: String {
        (token.map { "\(identifier), \($0)" } ?? identifier).sanitized
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
