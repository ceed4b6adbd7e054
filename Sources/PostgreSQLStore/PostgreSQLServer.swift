import Core

/// `database: postgresql://…`: the address of a PostgreSQL database, as keywords of libpq (PostgreSQL's manual,
/// 34.1.2).
package struct PostgreSQLServer: Sendable, Equatable {
    /// Keywords of libpq and their values, in order, without the password.
    package var settings: [Setting]
    /// The password; nil if there is none, or if libpq finds one (PGPASSWORD, PGPASSFILE, `~/.pgpass`).
    package var password: Password?
    /// A file whose first line is the password. It is read for every connection, so that the password can be changed.
    package var passwordFile: String?

    /// A keyword and its value.
    package struct Setting: Sendable, Equatable {
        package let keyword: String
        package let value: String
    }

    package init(_ settings: [Setting] = [], password: Password? = nil, passwordFile: String? = nil) {
        self.settings = settings
        self.password = password
        self.passwordFile = passwordFile
    }

    /// Whether there are several hosts, of which libpq has to choose one (PostgreSQL's manual, 34.1.1.3).
    package var hasSeveralHosts: Bool {
        settings.contains { ["host", "hostaddr"].contains($0.keyword) && $0.value.contains(",") }
    }

    /// The keywords of libpq up to version 17, without the password.
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
    package static let isShared = true

    package mutating func use(passwordFile: String) throws(AddressError) {
        guard password == nil else { throw AddressError("database already holds a password. Remove one of them.") }
        self.passwordFile = passwordFile
    }

    package var containsPassword: Bool {
        password != nil || settings.contains { $0.keyword == "sslpassword" }
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

    package func content(in storage: Storage) -> any StoreContent { PostgreSQLContent(server: self) }

    package func write(_ backup: Backup) throws {
        throw Self.hasOwnTools("Use pg_dump for it, and copy remotisan_server_guid and secret of the storage.")
    }

    package func restore(_ restore: Restore) throws -> Restore.Outcome {
        throw Self.hasOwnTools("Use pg_restore for it, and then remotisan-broker reconcile on each instance.")
    }

    private static func hasOwnTools(_ advice: String) -> BackupError {
        .unsupported("The store is PostgreSQL. \(advice) See docs/operating.md, Backup.")
    }
}
