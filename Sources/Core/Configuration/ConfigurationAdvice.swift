import Glibc

/// What is allowed in a configuration and yet most likely not meant.
public struct ConfigurationAdvice {
    /// Sentences for the administrator.
    public let warnings: [String]

    /// Looks at a configuration and at this machine.
    public init(_ configuration: Configuration) {
        var warnings: [String] = []
        if configuration.commands.allowed.isEmpty {
            warnings.append("no command is allowed, so nobody can run anything.")
        }
        for command in configuration.commands.allowed.values.sorted(by: { $0.name < $1.name }) {
            if let program = command.run.first, Self.find(program, command) == nil {
                warnings.append("\(command.name): there is no program \(program).")
            }
            if access(command.directory, X_OK) != 0 {
                warnings.append("\(command.name): the directory \(command.directory) cannot be entered.")
            }
        }
        if configuration.superUsers.contains("*") {
            warnings.append("super_users is \"*\": everybody sees and kills everything.")
        }
        for (key, file) in Self.files(configuration) where access(file, R_OK) != 0 {
            warnings.append("\(key): \(file) cannot be read: \(SystemError.text(of: errno)).")
        }
        if configuration.identity.user == "REMOTE_USER" {
            warnings.append(
                """
                identity.user is REMOTE_USER: safe behind Apache; behind nginx it is whatever name a client puts into \
                an Authorization header, unless auth_basic guards the location.
                """)
        }
        self.warnings = warnings
    }

    /// What the kill list and the database are reached with.
    private static func files(_ configuration: Configuration) -> [(key: String, file: String)] {
        var files: [(key: String, file: String)] = []
        if case .redis(let server) = configuration.killList, let file = server.passwordFile {
            files.append(("kill_list_password_file", file))
        }
        if case .postgresql(let server) = configuration.database {
            if let file = server.passwordFile { files.append(("database_password_file", file)) }
            // `system` is the system's own list of who is to be believed (PostgreSQL's manual, 34.1.2).
            let certificates = ["sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile"]
            files += server.settings.filter { certificates.contains($0.keyword) && $0.value.hasPrefix("/") }
                .map { ("database: \($0.keyword)", $0.value) }
        }
        return files
    }

    private static func find(_ program: String, _ command: Command) -> String? {
        if program.contains("/") {
            let path = program.hasPrefix("/") ? program : "\(command.directory)/\(program)"
            return access(path, X_OK) == 0 ? path : nil
        }
        let path = command.environment["PATH"] ?? JobEnvironment.defaultPath
        return path.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
