/// `kill_list:`: where the brokers of several instances hear of kills.
public enum KillListAddress: Sendable, Equatable {
    /// The audit's table alone.
    case database
    /// Redis 2.6 or later.
    case redis(CacheServer)
    /// memcached 1.4 or later.
    case memcached(CacheServer)
}

/// A server and how to get in.
public struct CacheServer: Sendable, Equatable {
    /// Where it listens.
    public enum Place: Sendable, Equatable {
        /// A name or number, and a port.
        case host(String, port: UInt16)
        /// The path of a Unix socket.
        case unix(String)
    }

    /// Where it listens.
    public var place: Place
    /// Who we are to it; nil: it asks only for a password, or for nothing.
    public var user: String?
    /// The password itself.
    public var password: Password?
    /// A file that holds it in its first line; read at every connection, so that it can be changed.
    public var passwordFile: String?
    /// Number of the database.
    public var database: Int

    /// Creates an address; what is not given is not needed.
    public init(
        _ place: Place, user: String? = nil, password: Password? = nil, passwordFile: String? = nil, database: Int = 0
    ) {
        self.place = place
        self.user = user
        self.password = password
        self.passwordFile = passwordFile
        self.database = database
    }
}
