import Glibc

/// What an operator should know about a valid configuration.
package struct ConfigurationAdvice {
    /// Settings that are probably mistakes.
    package let warnings: [String]
    /// Settings that are correct, but surprise people.
    package let notes: [String]

    /// Checks a configuration, and the files that it names on this machine.
    package init(_ configuration: Configuration) {
        var warnings: [String] = []
        let commands = configuration.commands
        if commands.allowed.isEmpty, commands.ofConsoles.isEmpty, configuration.consoles.isEmpty {
            warnings.append("no command is allowed, so nobody can run anything. Add one under commands.allowed.")
        }
        warnings += commands.allowed.values.sorted { $0.name < $1.name }.flatMap(Self.problems(of:))
        let hasKillPrograms = commands.ofConsoles.values.allSatisfy { !$0.options.kill.program.isEmpty }
        for console in configuration.consoles {
            warnings += Self.problems(of: console, hasKillPrograms: !commands.ofConsoles.isEmpty && hasKillPrograms)
        }
        if configuration.superUsers.contains("*") {
            warnings.append("super_users is \"*\", so everybody sees and kills everything. Name the users instead.")
        }
        for (key, file) in configuration.files where access(file, R_OK) != 0 {
            warnings.append("\(key): \(file) cannot be read: \(SystemError.text(of: errno)).")
        }
        warnings += ReadableSecrets(configuration).warnings
        if let keep = configuration.history.keep, keep < 86_400 {
            warnings.append(
                """
                history.keep is \(keep) seconds. Executions and their logs are removed that soon after their end. \
                Write days with their unit, such as 180d.
                """)
        }
        if configuration.identity.user == "REMOTE_USER" {
            warnings.append(
                """
                identity.user is REMOTE_USER. This is safe with Apache. With nginx, a client chooses the name in its \
                Authorization header, unless auth_basic protects the location.
                """)
        }
        warnings += IsolationAdvice(configuration).warnings
        warnings += Self.rolesWithoutEffect(configuration)
        warnings += Self.names(configuration)
        self.warnings = warnings
        let undeclared = commands.allowed.values.filter { $0.definition.syntax == .undeclared }.map(\.name).sorted()
        notes =
            undeclared.isEmpty
            ? []
            : [
                """
                without parameters, a command takes none: \(undeclared.joined(separator: ", ")). If it must take any \
                words, add "parameters: any". If not, "parameters: []" ends this note.
                """
            ]
    }

    /// Warnings about roles of commands that another setting makes useless.
    private static func rolesWithoutEffect(_ configuration: Configuration) -> [String] {
        let commands = configuration.commands
        let all = (commands.allowed.values.map { $0 } + commands.ofConsoles.values).sorted { $0.name < $1.name }
        var warnings: [String] = []
        for command in all where command.options.viewRoles != nil && configuration.history.shouldScope {
            warnings.append(
                """
                \(command.name): view has no effect with history.should_scope: true, which shows people only their own \
                executions. Remove one of them.
                """)
        }
        for command in all where !command.options.killRoles.isEmpty && !configuration.allowProcessKill {
            warnings.append(
                """
                \(command.name): the roles of kill have no effect with allow_process_kill: false. Remove one of them.
                """)
        }
        return warnings
    }

    /// Warnings about names that no person can have.
    private static func names(_ configuration: Configuration) -> [String] {
        var warnings: [String] = []
        for user in configuration.superUsers.sorted() {
            if let problem = IdentityText.problem(user) {
                warnings.append("super_users: no user has the name \"\(user.sanitized)\", because the name \(problem).")
            }
        }
        for (role, rule) in configuration.roles.sorted(by: { $0.key < $1.key }) {
            for user in rule.users.sorted() {
                if let problem = IdentityText.problem(user) {
                    warnings.append(
                        "roles.\(role).users: no user has the name \"\(user.sanitized)\", because the name \(problem).")
                }
            }
            for group in rule.groups.sorted() {
                if let reason = reason(againstGroup: group, configuration) {
                    warnings.append(
                        "roles.\(role).groups: the group \"\(group.sanitized)\" can never match, because \(reason)")
                }
            }
            for (name, values) in rule.cgiVariables.sorted(by: { $0.key < $1.key }) {
                for value in values.sorted() {
                    guard let problem = IdentityText.problem(value) else { continue }
                    warnings.append(
                        """
                        roles.\(role).cgi_variables.\(name): "\(value.sanitized)" can never match, because the value \
                        \(problem).
                        """)
                }
            }
        }
        return warnings
    }

    /// Why no request has a group, and what to do about it; nil if one may have it.
    private static func reason(againstGroup group: String, _ configuration: Configuration) -> String? {
        if let problem = IdentityText.problem(group) { return "the name \(problem). Correct the name." }
        // The groups of a JSON Web Token are a list, so a name there may contain anything else.
        guard configuration.jwt == nil else { return nil }
        let identity = configuration.identity
        let read = identity.groups(in: group)
        if read.count == 1, read.containsExactly(group) { return nil }
        if group.utf8.ranges(of: identity.groupsSeparator.utf8).isEmpty {
            return "blanks around a name are removed. Remove them here, too."
        }
        return """
            it contains "\(identity.groupsSeparator)", which separates groups. Set identity.groups_separator to \
            another text, and let the web server use it.
            """
    }

    private static func problems(of command: Command) -> [String] {
        var check = ProgramCheck(subject: command.name, directory: command.directory, environment: command.environment)
        var problems = check.problems(running: command.run)
        if command.options.kill.program.isEmpty {
            problems += unreachableWork(of: command.name, running: command.run)
        } else {
            check.subject = "\(command.name), kill.run"
            problems += check.problems(finding: command.options.kill.program)
        }
        for parameter in command.definition.arguments + command.definition.options {
            guard let program = parameter.choiceProgram else { continue }
            check.subject = "\(command.name), choices of \(parameter.name)"
            problems += check.problems(finding: program.run)
        }
        return problems
    }

    /// Warns of a program whose work our signals do not reach.
    private static func unreachableWork(of subject: String, running run: [String]) -> [String] {
        switch UnreachableWork(running: run) {
        case nil: []
        case .otherUser(let program):
            [
                """
                \(subject): \(program) runs its program as another user, and the broker may not signal that user's \
                processes. A kill or a timeout does not end them. Set kill.run to a program that does, such as \
                kill: { run: [sudo, -n, kill, "{pid}"] }, and allow it.
                """
            ]
        case .elsewhere(let client):
            [
                """
                \(subject): \(client) only asks another process to do the work. A kill or a timeout ends the client, \
                and the work may go on. Set kill.run to a program that ends the work; {uuid} stands for the job.
                """
            ]
        }
    }

    /// - Parameter hasKillPrograms: Whether every command of consoles has a kill.run of its own.
    private static func problems(of console: Console, hasKillPrograms: Bool) -> [String] {
        let check = ProgramCheck(
            subject: "console \(console.description)", directory: console.directory, environment: console.environment)
        let problems =
            check.problems(running: console.run)
            + (hasKillPrograms ? [] : unreachableWork(of: check.subject, running: console.run))
        // The word after `php` is the application's script, or an option of PHP.
        guard problems.isEmpty, console.isRunByPHP, let script = console.run.dropFirst().first,
            !script.hasPrefix("-"), access(check.path(of: script), R_OK) != 0
        else { return problems }
        return ["\(check.subject): \(script) cannot be read: \(SystemError.text(of: errno))."]
    }
}

extension Configuration {
    /// Files that the configuration names, except those of commands.
    package var files: [(key: String, file: String)] {
        var files = database.files + (killList?.files ?? [])
        if let jwt { files.append(("jwt.key_file", jwt.keyFile)) }
        if let pageDirectory { files.append(("page_directory", pageDirectory + "/index.html")) }
        return files
    }
}
