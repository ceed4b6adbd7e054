import Core

/// A PostgreSQL database and how to get in, as libpq's keywords say it (PostgreSQL's manual, 34.1.2).
package struct PostgreSQLServer: Sendable, Equatable {
    /// libpq's keywords and their values, in order; never the password.
    package var settings: [Setting]
    /// The password itself; nil: none, or libpq finds one (PGPASSWORD, PGPASSFILE, `~/.pgpass`).
    package var password: Password?
    /// A file that holds it in its first line; read at every connection, so that it can be changed.
    package var passwordFile: String?

    /// A keyword and its value.
    package struct Setting: Sendable, Equatable {
        /// The keyword.
        package let keyword: String
        /// Its value.
        package let value: String
    }

    /// Creates an address; whatever is not given is libpq's default.
    package init(_ settings: [Setting] = [], password: Password? = nil, passwordFile: String? = nil) {
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

extension PostgreSQLServer: StoreBackend {
    package mutating func use(passwordFile: String) throws(AddressError) {
        guard password == nil else { throw AddressError("database already holds a password. Remove one of them.") }
        self.passwordFile = passwordFile
    }

    package var files: [(key: String, file: String)] {
        // `system` stands for the certificate authorities of the system (PostgreSQL's manual, 34.1.2).
        let keywords = ["sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile"]
        return (passwordFile.map { [("database_password_file", $0)] } ?? [])
            + settings.filter { keywords.contains($0.keyword) && $0.value.hasPrefix("/") }
            .map { ("database: \($0.keyword)", $0.value) }
    }

    package func open(in storage: Storage, isMigrating: Bool) throws(StoreError) -> Stores {
        let store = PostgreSQLStore(self)
        return Stores(store, migrated: isMigrating ? try store.migrate() : [])
    }

    package func findings(in storage: Storage, migrated: [String]) -> [Finding] {
        // `doctor` has read the registry before, which fails if the tables are not up to date.
        [.ok("store", "PostgreSQL answers. Its tables are up to date.")]
    }
}
