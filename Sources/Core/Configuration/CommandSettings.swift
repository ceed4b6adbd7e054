/// Reads `commands:`.
struct CommandSettings {
    let roles: Set<String>
    let kill: KillPlan
    let hasConsoles: Bool

    func read(_ section: ConfigurationSection, and extra: ConfigurationSection?) -> Configuration.Commands {
        let limit = section.integer("max_params_chars_length", in: 0...1_000_000) ?? 5000
        let directory = section.absolutePath("directory")
        let environment = section.readEnvironment("environment")
        var allowed: [String: Command] = [:]
        var ofConsoles: [String: Command] = [:]
        for list in [section.section("allowed"), extra].compactMap({ $0 }) {
            for name in list.keys {
                let command = readCommand(list.section(name), name: name, in: list, directory, environment)
                if command.run.isEmpty { ofConsoles[name] = command } else { allowed[name] = command }
            }
        }
        section.finish()
        return .init(
            maxParamsCharsLength: limit, allowed: allowed, ofConsoles: ofConsoles, environment: environment)
    }

    private func readCommand(
        _ section: ConfigurationSection, name: String, in list: ConfigurationSection, _ directory: String?,
        _ environment: [String: String]
    ) -> Command {
        if name.isEmpty || name.utf8.count > 255 || name.sanitized != name {
            list.problem("a command's name is 1 to 255 bytes of printable text.", at: name)
        }
        let named = Set(section.strings("roles") ?? [])
        if named.isEmpty { list.problem("nobody may run it: name its roles, or [\"*\"] for every role.", at: name) }
        for role in named.subtracting(roles).subtracting(["*"]).sorted() {
            section.problem("nobody can hold the role \(role): it does not stand under roles.", at: "roles")
        }
        let run = section.strings("run") ?? []
        if run.first?.isEmpty ?? !hasConsoles {
            list.problem("run is missing: the program and its arguments, such as [df, -h].", at: name)
        }
        if run.isEmpty, hasConsoles {
            for key in ["directory", "environment", "parameters"] where section.has(key) {
                section.problem("a console's command has that of its console.", at: key)
            }
        }
        let directory = section.absolutePath("directory") ?? directory ?? "/"
        let environment = environment.merging(section.readEnvironment("environment")) { _, own in own }
        let command = Command(
            name: name, roles: named, run: run,
            definition: ParameterSettings.read(
                section, in: ProgramContext(directory: directory, environment: environment))
                ?? .anyWords,
            description: section.string("description") ?? "", help: section.string("help") ?? "",
            directory: directory, environment: environment,
            options: CommandOptions(section, kill: kill))
        if command.options.limit?.maxQueued ?? 0 > 0 {
            for parameter in command.definition.secrets + command.definition.files {
                section.problem(
                    """
                    cannot be queue, because the command takes \(parameter.name): a queued execution stores neither \
                    secrets nor files. Use when_full: refuse.
                    """, at: "when_full")
            }
        }
        section.finish()
        return command
    }
}
