/// The catalogue at one moment.
package struct CatalogueSnapshot: Sendable {
    /// Number of changes of the commands since the process started.
    package let version: Int
    package let consoles: [ConsoleState]
    package let choices: [ChoiceState]
    private let commands: [String: Command]
    /// All commands, sorted by name.
    package let all: [Command]
    /// The largest `CommandDefinition.uploadAllowance` of all commands.
    package let uploadAllowance: Int
    /// Whether any command takes a secret.
    let someTakeSecrets: Bool
    /// Commands of consoles in the configuration that no console lists, sorted by name. Empty as long as the list of a
    /// console is missing.
    package let unlisted: [UnlistedCommand]

    /// A command that no console lists.
    package struct UnlistedCommand: Sendable, Equatable {
        package let name: String
        /// A listed command with a similar name; nil if there is none.
        package let similar: String?

        /// What is wrong, and what to do about it.
        package var problem: String {
            let hint = similar.map { " Did you mean \($0.sanitized)?" } ?? ""
            return "commands.allowed.\(name.sanitized): no console lists this command, so nobody can run it.\(hint) "
                + "Correct the name, or run remotisan-broker refresh if the console has it by now."
        }
    }

    /// The state of a console's list of commands.
    package struct ConsoleState: Sendable, Equatable {
        package let console: Console
        /// When the list in use was made, in Unix seconds; nil if there is no list yet.
        package let listedAt: Int64?
        /// Why the last run failed; nil if it succeeded.
        package let problem: String?
        /// What is wrong with single commands, although the last run succeeded; nil for nothing.
        package let notice: String?
    }

    /// The state of a choice program's list of values.
    package struct ChoiceState: Sendable, Equatable {
        package let program: ChoiceProgram
        /// When the list in use was made, in Unix seconds; nil if there is no list yet.
        package let listedAt: Int64?
        /// When the program ran last, in Unix seconds; nil if it never ran.
        package let askedAt: Int64?
        /// Number of known values.
        package let count: Int
        /// Number of invalid lines in the output.
        package let ignoredLines: Int
        /// Why the last run failed; nil if it succeeded.
        package let problem: String?
    }

    init(_ configuration: Configuration, file: CatalogueFile, after previous: CatalogueSnapshot? = nil) {
        var commands = configuration.commands.allowed.mapValues { command in
            var command = command
            command.definition = command.definition.withChoices(from: file)
            return command
        }
        var listedNames: Set<String> = []
        for console in configuration.consoles {
            guard let entry = file[console] else { continue }
            listedNames.formUnion((entry.unreadable ?? []).map { console.prefix + $0 })
            for listed in entry.commands {
                listedNames.insert(console.prefix + listed.name)
                let own = Set(entry.roles[listed.name] ?? []).intersection(configuration.roles.keys.map { $0 } + ["*"])
                let name = console.prefix + listed.name
                let settings = configuration.commands.ofConsoles[name]
                // A command without roles is not in the catalogue. A declared command takes precedence over a console's
                // command of the same name.
                guard commands[name] == nil, settings != nil || !own.isEmpty else { continue }
                let command = Command(
                    listed, as: name, of: console, roles: own, settings: settings,
                    defaults: CommandOptions(kill: configuration.kill, isolation: configuration.commands.isolation))
                if !command.roles.isEmpty { commands[name] = command }
            }
        }
        let areAllListed = configuration.consoles.allSatisfy { file[$0]?.listedAt != nil }
        unlisted =
            areAllListed
            ? configuration.commands.ofConsoles.keys.filter { !listedNames.contains($0) && commands[$0] == nil }
                .sorted()
                .map { UnlistedCommand(name: $0, similar: Self.similar(to: $0, in: listedNames)) } : []
        self.commands = commands
        let sorted = commands.values.sorted { $0.name < $1.name }
        all = sorted
        someTakeSecrets = sorted.contains { !$0.definition.secrets.isEmpty }
        uploadAllowance = sorted.map(\.definition.uploadAllowance).max() ?? 0
        version = previous.map { $0.version + ($0.all == sorted ? 0 : 1) } ?? 0
        consoles = configuration.consoles.map { console in
            let entry = file[console]
            return ConsoleState(
                console: console, listedAt: entry?.listedAt, problem: entry?.problem, notice: entry?.notice)
        }
        choices = configuration.choicePrograms.map { program in
            let entry = file[program]
            return ChoiceState(
                program: program, listedAt: entry?.listedAt, askedAt: entry?.askedAt,
                count: entry?.choices?.count ?? 0, ignoredLines: entry?.ignoredLines ?? 0, problem: entry?.problem)
        }
    }

    /// The name that differs least from another one, if it is similar.
    private static func similar(to name: String, in names: Set<String>) -> String? {
        let limit = max(2, name.count / 3)
        let near = names.filter { abs($0.count - name.count) <= limit }.map {
            (distance: $0.editDistance(to: name), $0)
        }
        return near.filter { $0.distance <= limit }.min { ($0.distance, $0.1) < ($1.distance, $1.1) }?.1
    }

    /// A command by its exact name.
    package subscript(name: String) -> Command? {
        commands[name].flatMap { $0.name.isExactly(name) ? $0 : nil }
    }

    /// Whether a choice program needs to run again.
    ///
    /// - Parameter now: Unix seconds.
    package func choicesAreDue(at now: Int64) -> Bool {
        choices.contains { $0.program.needsRefresh(lastRun: $0.askedAt, hasFailed: $0.problem != nil, at: now) }
    }

    /// The commands that a person may run, sorted by name.
    package func commands(for person: Person, _ permissions: Permissions) -> [Command] {
        all.filter { permissions.mayRun($0, by: person) }
    }

    /// The names of the commands that a person may run.
    package func names(for person: Person, _ permissions: Permissions) -> Set<String> {
        Set(all.lazy.filter { permissions.mayRun($0, by: person) }.map(\.name))
    }

    /// The names of the commands whose executions a person may see.
    package func viewableNames(for person: Person, _ permissions: Permissions) -> Set<String> {
        Set(all.lazy.filter { permissions.mayView($0, by: person) }.map(\.name))
    }
}

extension Command {
    /// A command of a console.
    ///
    /// - Parameters:
    ///   - listed: The command as the console lists it.
    ///   - name: Its name in the catalogue.
    ///   - roles: The roles that the application gives it.
    ///   - settings: What the configuration says about the command; nil if it does not mention it.
    ///   - defaults: The options of a command that the configuration does not mention.
    fileprivate init(
        _ listed: ConsoleCommand, as name: String, of console: Console, roles: Set<String>, settings: Command?,
        defaults: CommandOptions
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
            options: settings?.options ?? defaults)
    }
}
