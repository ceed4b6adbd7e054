/// The catalogue at one moment.
package struct CatalogueSnapshot: Sendable {
    /// Grows with every change of the commands, within one process.
    package let version: Int
    /// How the consoles stand.
    package let consoles: [ConsoleState]
    /// How the programs of choices stand.
    package let choices: [ChoiceState]
    private let commands: [String: Command]
    /// All commands, by name in order.
    package let all: [Command]
    /// The greatest `CommandDefinition.uploadAllowance` of them.
    package let uploadAllowance: Int
    /// Whether one of them takes a secret.
    let someTakeSecrets: Bool

    /// How a console stands.
    package struct ConsoleState: Sendable, Equatable {
        /// Which one.
        package let console: Console
        /// Unix seconds of the list that is used; nil: there is none yet.
        package let listedAt: Int64?
        /// Why it could not be asked since; nil: nothing is wrong.
        package let problem: String?
    }

    /// How a program of choices stands.
    package struct ChoiceState: Sendable, Equatable {
        /// Which one.
        package let program: ChoiceProgram
        /// Unix seconds of the list that is used; nil: there is none yet.
        package let listedAt: Int64?
        /// Unix seconds at which it was asked last; nil: never.
        package let askedAt: Int64?
        /// So many values are known.
        package let count: Int
        /// So many lines of it could not be used.
        package let leftOut: Int
        /// Why it could not be asked since; nil: nothing is wrong.
        package let problem: String?
    }

    init(_ configuration: Configuration, _ cache: CatalogueCache, after previous: CatalogueSnapshot? = nil) {
        var commands = configuration.commands.allowed.mapValues { command in
            var command = command
            command.definition = command.definition.filled(from: cache)
            return command
        }
        for console in configuration.consoles {
            guard let entry = cache[console] else { continue }
            for listed in entry.commands {
                let own = Set(entry.roles[listed.name] ?? []).intersection(configuration.roles.keys.map { $0 } + ["*"])
                let name = console.prefix + listed.name
                let settings = configuration.commands.ofConsoles[name]
                // Closed by default: a command that nobody gave roles to is not there. What the configuration declares
                // itself stands in front of a console's command of that name.
                guard commands[name] == nil, settings != nil || !own.isEmpty else { continue }
                let command = Command(
                    listed, as: name, of: console, roles: own, settings, configuration)
                if !command.roles.isEmpty { commands[name] = command }
            }
        }
        self.commands = commands
        let sorted = commands.values.sorted { $0.name < $1.name }
        all = sorted
        someTakeSecrets = sorted.contains { !$0.definition.secrets.isEmpty }
        uploadAllowance = sorted.map(\.definition.uploadAllowance).max() ?? 0
        version = previous.map { $0.version + ($0.all == sorted ? 0 : 1) } ?? 0
        consoles = configuration.consoles.map { console in
            let entry = cache[console]
            return ConsoleState(console: console, listedAt: entry?.listedAt, problem: entry?.problem)
        }
        choices = configuration.choicePrograms.map { program in
            let entry = cache[program]
            return ChoiceState(
                program: program, listedAt: entry?.listedAt, askedAt: entry?.askedAt,
                count: entry?.choices?.count ?? 0, leftOut: entry?.leftOut ?? 0, problem: entry?.problem)
        }
    }

    /// A command by its exact name.
    package subscript(name: String) -> Command? {
        commands[name].flatMap { $0.name.isExactly(name) ? $0 : nil }
    }

    /// Whether a program of choices is due to be asked.
    ///
    /// - Parameter now: Unix seconds.
    package func choicesAreDue(at now: Int64) -> Bool {
        choices.contains { $0.program.isDue(askedAt: $0.askedAt, at: now) }
    }

    /// The commands a person may run, by name in order.
    package func commands(for person: Person, _ permissions: Permissions) -> [Command] {
        all.filter { permissions.mayRun($0, by: person) }
    }

    /// The names of the commands a person may run.
    package func names(for person: Person, _ permissions: Permissions) -> Set<String> {
        Set(all.lazy.filter { permissions.mayRun($0, by: person) }.map(\.name))
    }
}

extension Command {
    /// A console's command, as it listed it and as the configuration wants it.
    fileprivate init(
        _ listed: ConsoleCommand, as name: String, of console: Console, roles: Set<String>, _ settings: Command?,
        _ configuration: Configuration
    ) {
        let added = ["no-interaction", "ansi"].filter { option in listed.globalOptions.contains { $0.name == option } }
        let usage = listed.usage.hasPrefix(listed.name) ? String(listed.usage.dropFirst(listed.name.count)) : ""
        self.init(
            name: name, roles: roles.union(settings?.roles ?? []), run: console.run + [listed.name],
            definition: CommandDefinition(
                syntax: .console, arguments: listed.arguments, options: listed.options,
                globalOptions: listed.globalOptions, allowedGlobals: console.allowedOptions,
                added: added.map { "--" + $0 }),
            usage: name + usage,
            description: settings.flatMap { $0.description.isEmpty ? nil : $0.description } ?? listed.description,
            help: settings.flatMap { $0.help.isEmpty ? nil : $0.help } ?? listed.help,
            directory: console.directory,
            environment: console.environment,
            options: settings?.options ?? CommandOptions(kill: configuration.kill))
    }
}
