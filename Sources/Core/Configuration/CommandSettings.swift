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
        if name.isEmpty || name.utf8.count > 255 || name.harmless != name {
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
        let timeout = section.duration("timeout")
        if timeout == 0 { section.problem("expected more than nothing; leave it out for no limit.", at: "timeout") }
        let command = Command(
            name: name, roles: named, run: run,
            definition: ParameterSettings.read(section, .init(directory: directory, environment: environment))
                ?? .anyWords,
            description: section.string("description") ?? "", help: section.string("help") ?? "",
            directory: directory, environment: environment,
            timeout: timeout.map { $0 / 1000 + ($0 % 1000 > 0 ? 1 : 0) },
            limit: readLimit(section),
            kill: KillSettings(section.section("kill"), default: kill).plan,
            leaveBehind: section.choice("leave_behind", ["keep": .keep, "kill": .kill]) ?? .keep,
            confirm: readConfirm(section))
        if command.limit?.maxQueued ?? 0 > 0 {
            for parameter in command.definition.secrets + command.definition.files {
                section.problem(
                    """
                    what waits is its line and nothing else: no secret is written to a disk, no upload kept for later. \
                    A command that takes \(parameter.name) can only refuse.
                    """, at: "when_full")
            }
        }
        section.finish()
        return command
    }

    /// Waiting is what `when_full: queue` says, and nothing else: a bound alone must not make anybody wait.
    private func readLimit(_ section: ConfigurationSection) -> RunningLimit? {
        let maxRunning = section.integer("max_running", in: 1...100_000)
        let scope = section.choice("max_running_over", ["instance": RunningLimit.Scope.instance, "all": .all])
        let isQueue = section.choice("when_full", ["refuse": false, "queue": true])
        let maxQueued = section.integer("max_queued", in: 1...100_000)
        if section.has("max_queued"), isQueue != true {
            section.problem("nobody waits without when_full: queue.", at: "max_queued")
        }
        guard section.has("max_running") else {
            for key in ["max_running_over", "when_full"] where section.has(key) {
                section.problem("it says nothing without max_running.", at: key)
            }
            return nil
        }
        guard let maxRunning else { return nil }
        return RunningLimit(
            maxRunning, over: scope ?? .instance,
            maxQueued: isQueue == true ? maxQueued ?? RunningLimit.defaultMaxQueued : 0)
    }

    /// `confirm: true`, or the sentence to ask with.
    private func readConfirm(_ section: ConfigurationSection) -> String? {
        switch section.string("confirm") {
        case nil, "false": nil
        case "true": ""
        case let sentence: sentence
        }
    }
}
