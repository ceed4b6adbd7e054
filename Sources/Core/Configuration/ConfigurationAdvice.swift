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
        warnings += configuration.consoles.flatMap(Self.problems(of:))
        if configuration.superUsers.contains("*") {
            warnings.append("super_users is \"*\", so everybody sees and kills everything. Name the users instead.")
        }
        for (key, file) in Self.files(configuration) where access(file, R_OK) != 0 {
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

    private static func problems(of command: Command) -> [String] {
        var check = ProgramCheck(subject: command.name, directory: command.directory, environment: command.environment)
        var problems = check.problems(running: command.run)
        for parameter in command.definition.arguments + command.definition.options {
            guard let program = parameter.choiceProgram else { continue }
            check.subject = "\(command.name), choices of \(parameter.name)"
            problems += check.problems(finding: program.run)
        }
        return problems
    }

    private static func problems(of console: Console) -> [String] {
        let check = ProgramCheck(
            subject: "console \(console.description)", directory: console.directory, environment: console.environment)
        let problems = check.problems(running: console.run)
        // The word after `php` is the application's script, or an option of PHP.
        guard problems.isEmpty, console.isRunByPHP, let script = console.run.dropFirst().first,
            !script.hasPrefix("-"), access(check.path(of: script), R_OK) != 0
        else { return problems }
        return ["\(check.subject): \(script) cannot be read: \(SystemError.text(of: errno))."]
    }

    /// Files that the configuration names, except those of commands.
    private static func files(_ configuration: Configuration) -> [(key: String, file: String)] {
        var files = configuration.database.files + (configuration.killList?.files ?? [])
        if let jwt = configuration.jwt { files.append(("jwt.key_file", jwt.keyFile)) }
        if let directory = configuration.pageDirectory { files.append(("page_directory", directory + "/index.html")) }
        return files
    }
}
