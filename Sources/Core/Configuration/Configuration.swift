/// A valid configuration.
package struct Configuration: Sendable {
    /// Path of the file. The broker is started with the same path.
    package var path: String
    /// First part of every request's path, without slashes at its ends.
    package var url: String
    /// Scheme, host and base of absolute links; nil to take them from the request.
    package var publicURL: String?
    /// The directory of the instance.
    package var storage: String
    package var instance: Instance
    package var logger: Logger
    /// The store of the executions.
    package var database: any StoreBackend
    /// The kill list; nil for the store.
    package var killList: (any KillListBackend)?
    /// The first part of the key of each instance's kill list.
    package var killListName: String
    /// Whether executions can be killed at all.
    package var allowProcessKill: Bool
    /// The kill plan of commands without their own.
    package var kill: KillPlan
    /// Users who may see and kill everything; `*` stands for all users.
    package var superUsers: Set<String>
    package var history: History
    /// CGI variables from which the identity of a person is read.
    package var identity: Identity
    /// Accepted JSON Web Tokens; nil if none are accepted.
    package var jwt: JWT?
    package var tokens: Tokens
    package var audit: Audit
    /// Roles that may read the metrics, in addition to super users.
    package var metricsRoles: Set<String>
    /// The conditions for each role.
    package var roles: [String: RoleRule]
    package var consoles: [Console]
    /// The allow-list of commands.
    package var commands: Commands
    /// Number of requests that are answered at the same time.
    package var threads: Int
    /// User identifiers (uid) whose processes may connect to the Unix socket.
    package var allowedSocketUsers: Set<UInt32>
    /// A directory with the page's files; nil for the built-in page.
    package var pageDirectory: String?

    /// The names of users in `roles` and `super_users`, without `*`.
    package var namedUsers: Set<String> {
        roles.values.reduce(superUsers) { $0.union($1.users) }.subtracting(["*"])
    }

    /// Whether some command runs as another user than the service.
    package var hasOtherUsers: Bool {
        let all = commands.allowed.values.map(\.options.isolation) + commands.ofConsoles.values.map(\.options.isolation)
        return (all + [commands.isolation]).contains { $0.user != nil }
    }

    /// `instance:`
    package struct Instance: Sendable, Equatable {
        /// The name that people see.
        package var name: String
        /// The address at which other instances reach its web server; nil if they do not.
        package var address: InstanceAddress?
        /// Seconds without a heartbeat after which other instances regard it as gone.
        package var goneAfter: Int64
    }

    /// `logger:`
    package struct Logger: Sendable, Equatable {
        /// Directory of the logs; nil for `logs` in the storage.
        package var path: String?
        /// Maximum disk space per log, in bytes; nil for no limit.
        package var maxBytes: Int64?
    }

    /// `history:`
    package struct History: Sendable, Equatable {
        /// Maximum number of listed executions; nil for no limit.
        package var maxRecords: Int?
        /// Whether people see only their own executions.
        package var shouldScope: Bool
        /// Seconds after which `purge` removes an execution; nil to keep all.
        package var keep: Int64?
    }

    /// `identity:`
    package struct Identity: Sendable, Equatable {
        /// The CGI variable with the user identifier.
        package var user: String
        /// The CGI variable with the groups.
        package var groups: String
        /// What stands between two groups. It is never empty.
        package var groupsSeparator = ","
        /// Whether user names that differ only in case name one person.
        package var ignoreCase = false

        /// The user identifier for a name: the name itself, or in small letters if case is ignored.
        ///
        /// Every name passes here before it is compared or stored, whatever it comes from.
        package func identifier(of name: String) -> String {
            ignoreCase ? IdentityText.withoutCase(name) : name
        }

        /// The groups in a value of ``groups``.
        package func groups(in list: String) -> Set<String> {
            let groups = list.utf8.split(separator: groupsSeparator.utf8).map {
                Substring($0).trimmingOptionalWhitespace
            }
            return Set(groups.filter { !$0.isEmpty })
        }
    }

    /// `tokens:`
    package struct Tokens: Sendable, Equatable {
        /// Seconds after its creation at which an API token ends; nil for no limit.
        package var maxAge: Int64?
    }

    /// `jwt:`
    package struct JWT: Sendable, Equatable {
        /// File with the keys: a JWK set, a PEM public key, or the secret for HS256.
        package var keyFile: String
        /// Accepted algorithms.
        package var algorithms: Set<String>
        /// Required value of `iss`.
        package var issuer: String
        /// A value that `aud` must contain.
        package var audience: String
        /// The claim with the user identifier.
        package var userClaim: String
        /// The claim with the groups.
        package var groupsClaim: String
        /// Seconds by which the clock of the issuer may differ from ours.
        package var leeway: Int64 = 60
    }

    /// `commands:`
    package struct Commands: Sendable, Equatable {
        /// Maximum length of `params`, in characters.
        package var maxParamsCharsLength: Int
        /// Commands with a program, by name.
        package var allowed: [String: Command]
        /// Settings of consoles' commands, by name.
        package var ofConsoles: [String: Command]
        /// Variables that are added to the environment of every job.
        package var environment: [String: String]
        /// What keeps the jobs of commands without their own setting apart from the service.
        package var isolation = Isolation.none
    }
}
