/// Reads `commands:`.
struct CommandSettings {
    /// Names of the configured roles.
    let roles: Set<String>
    /// The kill plan of the instance.
    let kill: KillPlan
    let hasConsoles: Bool

    /// - Parameter extra: The commands of REMOTISAN_ALLOWED_COMMANDS.
    func read(_ section: ConfigurationSection, and extra: ConfigurationSection?) -> Configuration.Commands {
        let limit = section.integer("max_params_chars_length", in: 0...1_000_000) ?? 5000
        let directory = section.absolutePath("directory")
        let environment = section.readEnvironment("environment")
        let isolation = IsolationSettings(section)
        let categories = CommandCategory.read(section)
        var allowed: [String: Command] = [:]
        var ofConsoles: [String: Command] = [:]
        for list in [section.section("allowed"), extra].compactMap({ $0 }) {
            for name in list.keys {
                let command = readCommand(
                    named: name, in: list, defaultDirectory: directory, environment: environment, isolation: isolation,
                    categories: categories)
                if command.run.isEmpty { ofConsoles[name] = command } else { allowed[name] = command }
            }
        }
        section.finish()
        return .init(
            maxParamsCharsLength: limit, allowed: allowed, ofConsoles: ofConsoles, environment: environment,
            isolation: isolation.isolation)
    }

    private func readCommand(
        named name: String, in list: ConfigurationSection, defaultDirectory: String?, environment: [String: String],
        isolation: IsolationSettings, categories: [String: CommandCategory]
    ) -> Command {
        let section = list.section(name)
        if name.isEmpty || name.utf8.count > 255 || name.sanitized != name {
            list.problem("expected a name of 1 to 255 bytes of printable text.", at: name)
        }
        let given = Set(section.strings("roles") ?? [])
        if given.isEmpty {
            list.problem("has no roles, so nobody may run it. Add roles, or roles: [\"*\"] for every role.", at: name)
        }
        section.requireRoles(given, in: roles, at: "roles")
        let run = section.strings("run") ?? []
        if run.first?.isEmpty ?? !hasConsoles {
            list.problem("run is missing. Set it to the program and its arguments, such as [df, -h].", at: name)
        }
        if run.isEmpty, hasConsoles {
            for key in ["directory", "environment", "parameters"] where section.has(key) {
                section.problem("has no effect, because a console defines this for its commands. Remove it.", at: key)
            }
        }
        let directory = section.absolutePath("directory") ?? defaultDirectory ?? "/"
        let environment = environment.merging(section.readEnvironment("environment")) { _, own in own }
        let command = Command(
            name: name, roles: given, run: run,
            definition: ParameterSettings.read(
                section, in: ProgramContext(directory: directory, environment: environment)),
            description: section.string("description") ?? "", help: section.string("help") ?? "",
            directory: directory, environment: environment,
            options: CommandOptions(section, kill: kill, isolation: isolation, categories: categories))
        section.requireRoles(command.options.killRoles, in: roles, at: "kill")
        section.requireRoles(command.options.viewRoles ?? [], in: roles, at: "view")
        if command.options.limit?.maxQueued ?? 0 > 0 {
            for parameter in command.definition.secrets + command.definition.files {
                section.problem(
                    """
                    cannot be queue, because the command takes \(parameter.name). A queued execution stores neither \
                    secrets nor files. Use when_full: refuse.
                    """, at: "when_full")
            }
        }
        section.finish()
        return command
    }
}

extension ConfigurationSection {
    /// Reports each role at a key that `roles` does not define.
    func requireRoles(_ given: Set<String>, in defined: Set<String>, at key: String) {
        for role in given.subtracting(defined).subtracting(["*"]).sorted() {
            problem("the role \(role) is not defined. Define it under roles, or remove it here.", at: key)
        }
    }
}
