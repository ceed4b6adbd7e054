extension ConfigurationSection {
    /// Reads `consoles:`.
    func readConsoles() -> [Console] {
        let consoles = sections("consoles").map { $0.readConsole() }
        for (index, console) in consoles.enumerated()
        where consoles[..<index].contains(where: { $0.prefix == console.prefix }) {
            problem(
                "two consoles have the prefix \"\(console.prefix)\". Give each console its own prefix.", at: "consoles")
        }
        return consoles
    }

    private func readConsole() -> Console {
        if !has("kind") { problem("kind is missing. Set it to artisan or symfony.") }
        let kinds = Dictionary(Console.Kind.allCases.map { ($0.rawValue, $0) }) { first, _ in first }
        let kind = choice("kind", kinds) ?? .symfony
        let run = strings("run") ?? (kind == .artisan ? ["php", "artisan"] : ["php", "bin/console"])
        if run.first?.isEmpty ?? true {
            problem("expected a program and its arguments, such as [php, artisan].", at: "run")
        }
        let directory = absolutePath("directory")
        if directory == nil, !has("directory") {
            problem("directory is missing. Set it to the directory of the application.")
        }
        let options = (strings("allow_options") ?? []).map { name in
            name.hasPrefix("--") ? String(name.dropFirst(2)) : name
        }
        let console = Console(
            kind: kind, run: run, directory: directory ?? "/", environment: readEnvironment("environment"),
            prefix: string("prefix") ?? "", allowedOptions: Set(options))
        finish()
        return console
    }

    /// Reads variables for the environment of a job.
    func readEnvironment(_ key: String) -> [String: String] {
        let section = section(key)
        var variables: [String: String] = [:]
        for name in section.keys {
            if name.isEmpty || name.contains("=") {
                section.problem("is not the name of an environment variable.", at: name)
            }
            if name == JobEnvironment.uuidVariable {
                section.problem("is set by Remotisan for every job. Remove it.", at: name)
            }
            variables[name] = section.string(name)
        }
        return variables
    }
}
