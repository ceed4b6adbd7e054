/// A PostgreSQL database and how to get in, as libpq's keywords say it (PostgreSQL's manual, 34.1.2).
public struct PostgreSQLServer: Sendable, Equatable {
    /// libpq's keywords and their values, in order; never the password.
    public var settings: [Setting]
    /// The password itself; nil: none, or libpq finds one (PGPASSWORD, PGPASSFILE, `~/.pgpass`).
    public var password: Password?
    /// A file that holds it in its first line; read at every connection, so that it can be changed.
    public var passwordFile: String?

    /// A keyword and its value.
    public struct Setting: Sendable, Equatable {
        /// The keyword.
        public let keyword: String
        /// Its value.
        public let value: String
    }

    /// Creates an address; whatever is not given is libpq's default.
    public init(_ settings: [Setting] = [], password: Password? = nil, passwordFile: String? = nil) {
        self.settings = settings
        self.password = password
        self.passwordFile = passwordFile
    }

    /// Whether libpq has to find out which of several is the right one (PostgreSQL's manual, 34.1.1.3).
    package var hasSeveralHosts: Bool {
        settings.contains { ["host", "hostaddr"].contains($0.keyword) && $0.value.contains(",") }
    }

    /// What libpq understands, up to version 17; the password stands apart.
    static let keywords: Set<String> = [
        "host", "hostaddr", "port", "dbname", "user", "passfile", "require_auth", "channel_binding", "connect_timeout",
        "client_encoding", "options", "application_name", "fallback_application_name", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout", "gssencmode", "sslmode", "sslnegotiation",
        "sslcompression", "sslcert", "sslkey", "sslpassword", "sslcertmode", "sslrootcert", "sslcrl", "sslcrldir",
        "sslsni", "requirepeer", "ssl_min_protocol_version", "ssl_max_protocol_version", "krbsrvname", "gsslib",
        "gssdelegation", "service", "target_session_attrs", "load_balance_hosts",
    ]
}
