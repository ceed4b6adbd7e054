import Core

/// A command in the form of the original's `GET /commands`. The members after `usageManual` are ours.
struct CommandEntry {
    private let command: Command

    init(_ command: Command) {
        self.command = command
    }

    /// The command as a JSON object.
    func json() throws -> String {
        let definition = command.definition
        let usage = command.usage.isEmpty ? "\(command.name) \(definition.synopsis)" : command.usage
        let members: [(name: String, json: String)] = [
            ("name", try JSON.text(command.name)),
            (
                "definition",
                JSON.object([
                    ("args", try ParameterEntries(definition.arguments).json()),
                    ("ops", try ParameterEntries(definition.shownOptions).json()),
                ])
            ),
            ("help", try JSON.text(command.help)),
            ("description", try JSON.text(command.description)),
            ("usageManual", try JSON.text(usage)),
        ]
        return JSON.object(members + (try command.options.facts.map { ($0.name, try JSON.text($0.value)) }))
    }
}

extension CommandDefinition {
    /// The options of the command, and the options of its console that are allowed.
    fileprivate var shownOptions: [Parameter] {
        options + globalOptions.filter { allowedGlobals.contains($0.name) }
    }
}
