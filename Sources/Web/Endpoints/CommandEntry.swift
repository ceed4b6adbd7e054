import Core

/// A command in the original's shape; what comes after `usageManual` is ours.
struct CommandEntry {
    private let command: Command

    init(_ command: Command) {
        self.command = command
    }

    /// The object as JSON text.
    func json() throws -> String {
        let definition = command.definition
        let usage = command.usage.isEmpty ? "\(command.name) \(definition.synopsis)" : command.usage
        return JSON.object([
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
            ("timeout", try JSON.text(Nullable(command.timeout))),
            ("confirm", try JSON.text(Nullable(command.confirm))),
        ])
    }
}

extension CommandDefinition {
    /// The options that people may give.
    fileprivate var shownOptions: [Parameter] {
        options + globalOptions.filter { allowedGlobals.contains($0.name) }
    }
}
