extension ConfigurationSection {
    /// Reads `consoles:`.
    func readConsoles() -> [Console] {
        let consoles = sections("consoles").map { $0.readConsole() }
        for (index, console) in consoles.enumerated()
        where consoles[..<index].contains(where: { $0.prefix == console.prefix }) {
            problem(
                "two consoles have the prefix \"\(console.prefix)\": give each a prefix of its own.", at: "consoles")
        }
        return consoles
    }

    private func readConsole() -> Console {
        if !has("kind") { problem("kind is missing: artisan or symfony.") }
        let kinds = Dictionary(Console.Kind.allCases.map { ($0.rawValue, $0) }) { first, _ in first }
        let kind = choice("kind", kinds) ?? .symfony
        let run = strings("run") ?? (kind == .artisan ? ["php", "artisan"] : ["php", "bin/console"])
        if run.first?.isEmpty ?? true {
            problem("expected a program and its arguments, such as [php, artisan].", at: "run")
        }
        let directory = absolutePath("directory")
        if directory == nil, !has("directory") { problem("directory is missing: where the application is.") }
        let options = (strings("allow_options") ?? []).map { name in
            name.hasPrefix("--") ? String(name.dropFirst(2)) : name
        }
        let console = Console(
            kind: kind, run: run, directory: directory ?? "/", environment: readEnvironment("environment"),
            prefix: string("prefix") ?? "", allowedOptions: Set(options))
        finish()
        return console
    }

    /// Variables for a job's environment.
    func readEnvironment(_ key: String) -> [String: String] {
        let section = section(key)
        var variables: [String: String] = [:]
        for name in section.keys {
            if name.isEmpty || name.contains("=") { section.problem("is no name of a variable.", at: name) }
            if name == JobEnvironment.uuidVariable { section.problem("is set by us for every job.", at: name) }
            variables[name] = section.string(name)
        }
        return variables
    }
}
