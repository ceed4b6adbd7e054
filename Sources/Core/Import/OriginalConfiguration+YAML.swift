extension OriginalConfiguration {
    /// Converts the configuration, and checks the result.
    ///
    /// - Parameter reader: Reads the result, to check it.
    /// - Returns: The text of the configuration, and what is different now.
    package func converted(
        _ surroundings: Surroundings, checkedBy reader: ConfigurationReader
    ) throws -> (yaml: String, remarks: [Remark]) {
        guard let application = surroundings.application ?? basePath ?? guessedApplication, application.hasPrefix("/")
        else {
            throw ImportError.other(
                "Name the directory of the Laravel application: --application /var/www/app. Commands run there.")
        }
        let yaml = yaml(surroundings, application: application)
        do { _ = try reader.read(yaml: yaml, path: "the converted configuration") } catch let error
            as ConfigurationError
        {
            throw ImportError.configuration(error.problems.map { "\($0.key.sanitized): \($0.message.sanitized)" })
        }
        return (yaml, remarks + finalRemarks(surroundings))
    }

    /// The directory before `/storage/` in the path of the logs, as Laravel's storage_path() makes it.
    private var guessedApplication: String? {
        guard let logPath, let range = logPath.range(of: "/storage/") else { return nil }
        return String(logPath[..<range.lowerBound])
    }

    private var roles: [String] {
        Set(commands.flatMap(\.roles)).subtracting(["*"]).sorted()
    }

    private func yaml(_ surroundings: Surroundings, application: String) -> String {
        func scalar(_ text: String) -> String { YAMLText.scalar(text) }
        var lines = ["# Made by remotisan-broker import config. docs/moving.md says what to do next."]
        if let url { lines.append("url: \(scalar(url))") }
        lines.append("storage: \(scalar(surroundings.storage))")
        if let database = surroundings.database { lines.append("database: \(scalar(database))") }
        if let file = surroundings.passwordFile { lines.append("database_password_file: \(scalar(file))") }
        if !superUsers.isEmpty { lines.append("super_users: \(YAMLText.list(superUsers))") }
        if let allowKill { lines.append("allow_process_kill: \(allowKill)") }
        if let killKey { lines.append("kill_switch_key_prefix: \(scalar(killKey))") }
        if let environment { lines.append("environment: \(scalar(environment))") }
        let history = [
            maxRecords.map { "max_records: \($0)" }, shouldScope.map { "should_scope: \($0)" },
        ].compactMap(\.self)
        if !history.isEmpty { lines.append("history: { \(history.joined(separator: ", ")) }") }
        if !roles.isEmpty {
            lines += ["", "# Who holds a role: change the groups to those that your web server passes.", "roles:"]
            lines += roles.map { "  \(scalar($0)): { groups: [\(scalar($0))] }" }
        }
        lines += [
            "", "consoles:", "  - kind: artisan", "    directory: \(scalar(application))", "", "commands:",
        ]
        if let maxParamsCharsLength { lines.append("  max_params_chars_length: \(maxParamsCharsLength)") }
        lines.append("  directory: \(scalar(application))")
        let allowed = commands.filter { !$0.roles.isEmpty }
        lines.append(allowed.isEmpty ? "  allowed: {}" : "  allowed:")
        lines += allowed.map { "    \(scalar($0.name)): { roles: \(YAMLText.list($0.roles)) }" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func finalRemarks(_ surroundings: Surroundings) -> [Remark] {
        func decide(_ text: String) -> Remark { Remark(isDecision: true, text: text) }
        func note(_ text: String) -> Remark { Remark(isDecision: false, text: text) }
        var remarks = [
            decide(
                "The user identifier came from a closure (setUserIdentifierGetter). Let the web server pass the same names in "
                    + "REMOTISAN_USER, so that people find their executions.")
        ]
        if !roles.isEmpty {
            remarks.append(
                decide(
                    "Who holds a role was decided by closures (authWith) and gates, which JSON cannot hold. Here the group "
                        + "of the same name in REMOTISAN_GROUPS holds each: \(roles.map(\.sanitized).joined(separator: ", "))."
                ))
        }
        for command in commands where command.roles.isEmpty {
            remarks.append(
                decide(
                    "\(command.name.sanitized) has no roles in the configuration, so it was left out. If an attribute "
                        + "(#[RemotisanRoles]) has them, add the command with its roles."))
        }
        if let logPath {
            remarks.append(
                note(
                    "Logs go to \(surroundings.storage)/logs now. `remotisan-broker import logs` copies the old ones: "
                        + "\(logPath.sanitized)"))
        }
        if surroundings.database == nil {
            remarks.append(
                decide(
                    "The store is SQLite, in a file of its own. For PostgreSQL give --database. MySQL cannot be the store: "
                        + "import a dump of the table with `remotisan-broker import history`."))
        }
        return remarks
    }
}
