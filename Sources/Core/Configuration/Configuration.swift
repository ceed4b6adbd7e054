/// Everything an administrator decides, read and checked.
package struct Configuration: Sendable {
    /// The file it came from; handed to the broker.
    package var path: String
    /// First part of every path, without slashes.
    package var url: String
    /// Scheme, host and base of absolute links; nil: as the request says.
    package var publicURL: String?
    /// The instance's directory.
    package var storage: String
    /// What the others know of this instance.
    package var instance: Instance
    /// Where logs are and how large one may get.
    package var logger: Logger
    /// Where the audit is kept.
    package var database: any StoreBackend
    /// Where kills are announced.
    package var killList: (any KillListBackend)?
    /// What stands before the instance in the name of its kill list.
    package var killListName: String
    /// Whether anybody may kill.
    package var allowProcessKill: Bool
    /// How jobs are killed, where their command says nothing else.
    package var kill: KillPlan
    /// User identifiers that see and kill everything; `*` for all.
    package var superUsers: Set<String>
    /// What the history shows.
    package var history: History
    /// Where the web server says who is asking.
    package var identity: Identity
    /// JSON Web Tokens that are accepted; nil: none.
    package var jwt: JWT?
    /// Who holds which role.
    package var roles: [String: RoleRule]
    /// Programs that list their own commands.
    package var consoles: [Console]
    /// The allow-list.
    package var commands: Commands
    /// Requests answered at once.
    package var threads: Int
    /// Users whose processes may talk to us on a Unix socket.
    package var allowedSocketUsers: Set<UInt32>
    /// The page's files, where they are not our own.
    package var pageDirectory: String?

    /// `instance:`
    package struct Instance: Sendable {
        /// What people call it.
        package var name: String
        /// Where its web server answers those of the other instances; nil: not for them.
        package var address: InstanceAddress?
        /// Seconds of silence after which it counts as gone for the others.
        package var goneAfter: Int64
    }

    /// `logger:`
    package struct Logger: Sendable {
        /// Directory of the logs; nil: `logs` in the storage.
        package var path: String?
        /// Bytes of one log that are kept on the disk; nil: all.
        package var maxBytes: Int64?
    }

    /// `history:`
    package struct History: Sendable {
        /// So many of the newest are listed; nil: all.
        package var maxRecords: Int?
        /// Whether people see only their own.
        package var shouldScope: Bool
        /// Seconds after which `purge` removes an execution; nil: never.
        package var keep: Int64?
    }

    /// `identity:`
    package struct Identity: Sendable {
        /// Parameter that holds the user identifier.
        package var user: String
        /// Parameter that holds the groups, separated by commas.
        package var groups: String
    }

    /// `jwt:`
    package struct JWT: Sendable {
        /// File with the keys: a JWK set, a PEM public key, or the secret of HS256.
        package var keyFile: String
        /// Accepted algorithms.
        package var algorithms: Set<String>
        /// What `iss` must be.
        package var issuer: String
        /// What `aud` must hold.
        package var audience: String
        /// Claim that names the user.
        package var userClaim: String
        /// Claim that lists the groups.
        package var groupsClaim: String
    }

    /// `commands:`
    package struct Commands: Sendable {
        /// Characters of `params` at the most.
        package var maxParamsCharsLength: Int
        /// Programs by name.
        package var allowed: [String: Command]
        /// What is said of commands of consoles, by name.
        package var ofConsoles: [String: Command]
        /// Variables of every job.
        package var environment: [String: String]
    }
}
