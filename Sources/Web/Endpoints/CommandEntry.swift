import Core

/// A command in the original's shape; what comes after `usageManual` is ours.
struct CommandEntry: Encodable {
    private let name: String
    private let definition: Definition
    private let help: String
    private let description: String
    private let usageManual: String
    private let timeout: Nullable<Int64>
    private let confirm: Nullable<String>

    init(_ command: Command) {
        name = command.name
        definition = Definition(
            args: ParameterEntries(command.definition.arguments),
            ops: ParameterEntries(command.definition.shownOptions))
        help = command.help
        description = command.description
        usageManual = command.usage.isEmpty ? "\(command.name) \(command.definition.synopsis)" : command.usage
        timeout = Nullable(command.timeout)
        confirm = Nullable(command.confirm)
    }

    private struct Definition: Encodable {
        let args: ParameterEntries
        let ops: ParameterEntries
    }
}

extension CommandDefinition {
    /// The options that people may give.
    fileprivate var shownOptions: [Parameter] {
        options + globalOptions.filter { allowedGlobals.contains($0.name) }
    }
}
