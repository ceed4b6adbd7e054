/// Everything an administrator decides, read and checked.
public struct Configuration: Sendable {
    /// The file it came from; handed to the broker.
    public var path: String
    /// First part of every path, without slashes.
    public var url: String
    /// Scheme, host and base of absolute links; nil: as the request says.
    public var publicURL: String?
    /// The instance's directory.
    public var storage: String
    /// What the others know of this instance.
    public var instance: Instance
    /// Where logs are and how large one may get.
    public var logger: Logger
    /// Where the audit is kept.
    public var database: Database
    /// Where kills are announced.
    public var killList: KillListAddress
    /// What stands before the instance in the name of its kill list.
    public var killListName: String
    /// Whether anybody may kill.
    public var allowProcessKill: Bool
    /// How jobs are killed, where their command says nothing else.
    public var kill: KillPlan
    /// User identifiers that see and kill everything; `*` for all.
    public var superUsers: Set<String>
    /// What the history shows.
    public var history: History
    /// Where the web server says who is asking.
    public var identity: Identity
    /// JSON Web Tokens that are accepted; nil: none.
    public var jwt: JWT?
    /// Who holds which role.
    public var roles: [String: RoleRule]
    /// Programs that list their own commands.
    public var consoles: [Console]
    /// The allow-list.
    public var commands: Commands
    /// Requests answered at once.
    public var threads: Int
    /// Users whose processes may talk to us on a Unix socket.
    public var peers: Set<UInt32>
    /// The page's files, where they are not our own.
    public var views: String?

    /// `instance:`
    public struct Instance: Sendable {
        /// What people call it.
        public var name: String
        /// Where its web server answers those of the other instances; nil: not for them.
        public var address: InstanceAddress?
        /// Seconds of silence after which it counts as gone for the others.
        public var goneAfter: Int64
    }

    /// `logger:`
    public struct Logger: Sendable {
        /// Directory of the logs; nil: `logs` in the storage.
        public var path: String?
        /// Bytes of one log that are kept on the disk; nil: all.
        public var maxBytes: Int64?
    }

    /// `database:`
    public enum Database: Sendable, Equatable {
        /// A file in the storage.
        case sqlite
        /// A database that several instances may share.
        case postgresql(PostgreSQLServer)
    }

    /// `history:`
    public struct History: Sendable {
        /// So many of the newest are listed; nil: all.
        public var maxRecords: Int?
        /// Whether people see only their own.
        public var shouldScope: Bool
        /// Seconds after which `purge` removes an execution; nil: never.
        public var keep: Int64?
    }

    /// `identity:`
    public struct Identity: Sendable {
        /// Parameter that holds the user identifier.
        public var user: String
        /// Parameter that holds the groups, separated by commas.
        public var groups: String
    }

    /// `jwt:`
    public struct JWT: Sendable {
        /// File with the keys: a JWK set, a PEM public key, or the secret of HS256.
        public var keys: String
        /// Accepted algorithms.
        public var algorithms: Set<String>
        /// What `iss` must be.
        public var issuer: String
        /// What `aud` must hold.
        public var audience: String
        /// Claim that names the user.
        public var userClaim: String
        /// Claim that lists the groups.
        public var groupsClaim: String
    }

    /// `commands:`
    public struct Commands: Sendable {
        /// Characters of `params` at the most.
        public var maxParamsCharsLength: Int
        /// Programs by name.
        public var allowed: [String: Command]
        /// What is said of commands of consoles, by name.
        public var ofConsoles: [String: Command]
        /// Variables of every job.
        public var environment: [String: String]
    }
}
