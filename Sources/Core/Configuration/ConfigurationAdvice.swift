import Glibc

/// What is allowed in a configuration and yet most likely not meant.
package struct ConfigurationAdvice {
    /// Sentences for the administrator.
    package let warnings: [String]

    /// Looks at a configuration and at this machine.
    package init(_ configuration: Configuration) {
        var warnings: [String] = []
        let commands = configuration.commands
        if commands.allowed.isEmpty, commands.ofConsoles.isEmpty, configuration.consoles.isEmpty {
            warnings.append("no command is allowed, so nobody can run anything.")
        }
        warnings += commands.allowed.values.sorted { $0.name < $1.name }.flatMap(Self.problems(of:))
        warnings += configuration.consoles.flatMap(Self.problems(of:))
        if configuration.superUsers.contains("*") {
            warnings.append("super_users is \"*\": everybody sees and kills everything.")
        }
        for (key, file) in Self.files(configuration) where access(file, R_OK) != 0 {
            warnings.append("\(key): \(file) cannot be read: \(SystemError.text(of: errno)).")
        }
        if let keep = configuration.history.keep, keep < 86_400 {
            warnings.append(
                """
                history.keep is \(keep) seconds: executions and their logs are removed so soon after their end. Days are \
                written with their unit, as in 180d.
                """)
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

    private static func problems(of command: Command) -> [String] {
        var place = Place(name: command.name, directory: command.directory, environment: command.environment)
        var problems = place.problems(running: command.run)
        for parameter in command.definition.arguments + command.definition.options {
            guard let program = parameter.choiceProgram else { continue }
            place.name = "\(command.name), choices of \(parameter.name)"
            problems += place.problems(finding: program.run)
        }
        return problems
    }

    private static func problems(of console: Console) -> [String] {
        let place = Place(
            name: "console \(console.description)", directory: console.directory, environment: console.environment)
        let problems = place.problems(running: console.run)
        // What follows PHP is the application's script, or an option of PHP's own.
        guard problems.isEmpty, ConsoleRoles.areReadable(of: console), let script = console.run.dropFirst().first,
            !script.hasPrefix("-"), access(place.path(of: script), R_OK) != 0
        else { return problems }
        return ["\(place.name): \(script) cannot be read there: \(SystemError.text(of: errno))."]
    }

    /// Files and directories that are named, beside those of commands.
    private static func files(_ configuration: Configuration) -> [(key: String, file: String)] {
        var files = configuration.database.files + (configuration.killList?.files ?? [])
        if let jwt = configuration.jwt { files.append(("jwt.key_file", jwt.keyFile)) }
        if let directory = configuration.pageDirectory { files.append(("page_directory", directory + "/index.html")) }
        return files
    }

    /// Where a program is run.
    private struct Place {
        var name: String
        let directory: String
        let environment: [String: String]

        func problems(running run: [String]) -> [String] {
            guard access(directory, X_OK) == 0 else {
                return problems(finding: run.first?.hasPrefix("/") ?? true ? run : [])
                    + ["\(name): the directory \(directory) cannot be entered."]
            }
            return problems(finding: run)
        }

        func problems(finding run: [String]) -> [String] {
            guard let program = run.first, !isThere(program) else { return [] }
            return ["\(name): there is no program \(program)."]
        }

        /// A path as the program's process understands it.
        func path(of file: String) -> String {
            file.hasPrefix("/") ? file : "\(directory)/\(file)"
        }

        private func isThere(_ program: String) -> Bool {
            if program.contains("/") { return access(path(of: program), X_OK) == 0 }
            let search = environment["PATH"] ?? JobEnvironment.defaultPath
            return search.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
        }
    }
}
