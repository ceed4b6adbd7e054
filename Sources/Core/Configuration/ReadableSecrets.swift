import Glibc

/// Finds secrets in files that every user of this machine can read.
struct ReadableSecrets {
    let warnings: [String]

    init(_ configuration: Configuration) {
        let keys = Self.keysWithSecrets(configuration)
        var warnings: [String] = []
        if let key = keys.first, Self.isReadableByOthers(configuration.path) {
            warnings.append(
                """
                \(configuration.path) contains a password (\(key)), and every user of this machine can read it. Run \
                chmod o-r \(configuration.path), or name a file with the password instead.
                """)
        }
        for (key, file) in Self.files(configuration) where Self.isReadableByOthers(file) {
            warnings.append(
                "\(key): every user of this machine can read \(file), which is secret. Run chmod o-r \(file).")
        }
        self.warnings = warnings
    }

    /// The keys whose values contain a password.
    private static func keysWithSecrets(_ configuration: Configuration) -> [String] {
        var keys: [String] = []
        if configuration.database.containsPassword { keys.append("database") }
        if configuration.killList?.containsPassword ?? false { keys.append("kill_list") }
        keys += secretVariables(configuration.commands.environment).map { "commands.environment.\($0)" }
        for command in configuration.commands.allowed.values.sorted(by: { $0.name < $1.name }) {
            keys += secretVariables(command.environment).map { "commands.allowed.\(command.name).environment.\($0)" }
        }
        for console in configuration.consoles {
            keys += secretVariables(console.environment).map { "consoles.environment.\($0)" }
        }
        return keys
    }

    /// The variables whose names say that their values are secret, such as PGPASSWORD and API_TOKEN. A name that ends
    /// in FILE or PATH, such as PGPASSFILE, contains only the name of a file.
    private static func secretVariables(_ environment: [String: String]) -> [String] {
        environment.filter { name, value in
            let name = name.uppercased()
            return !value.isEmpty && !name.hasSuffix("FILE") && !name.hasSuffix("PATH")
                && (["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "PRIVATE_KEY"].contains(where: name.contains))
        }.keys.sorted()
    }

    /// Secret files, by the key that names them. A key file of JWT is secret if it contains symmetric keys.
    private static func files(_ configuration: Configuration) -> [(key: String, file: String)] {
        var files = configuration.database.files + (configuration.killList?.files ?? [])
        files.removeAll { key, _ in !["password_file", "sslkey", "passfile"].contains(where: key.hasSuffix) }
        if let jwt = configuration.jwt, jwt.algorithms.contains("HS256") { files.append(("jwt.key_file", jwt.keyFile)) }
        return files
    }

    /// Whether every user can open a file: its mode and those of the directories above it say so.
    static func isReadableByOthers(_ path: String) -> Bool {
        guard let resolved = try? RealPath.resolve(path), let file = FileFacts(resolved), file.mode & 0o004 != 0 else {
            return false
        }
        var directory = resolved
        while let slash = directory.lastIndex(of: "/"), directory != "/" {
            directory = slash == directory.startIndex ? "/" : String(directory[..<slash])
            guard let facts = FileFacts(directory), facts.mode & 0o001 != 0 else { return false }
        }
        return true
    }
}
