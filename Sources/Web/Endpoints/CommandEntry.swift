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
            args: Fields(command.definition.arguments), ops: Fields(command.definition.shownOptions))
        help = command.help
        description = command.description
        usageManual = command.usage.isEmpty ? "\(command.name) [<params>...]" : command.usage
        timeout = Nullable(command.timeout)
        confirm = Nullable(command.confirm)
    }

    private struct Definition: Encodable {
        let args: Fields
        let ops: Fields
    }

    /// Parameters by name, in their order; none at all are an empty list, as PHP writes it.
    private struct Fields: Encodable {
        private let parameters: [Parameter]

        init(_ parameters: [Parameter]) {
            self.parameters = parameters
        }

        func encode(to encoder: any Encoder) throws {
            guard !parameters.isEmpty else {
                var list = encoder.unkeyedContainer()
                try list.encode(contentsOf: [String]())
                return
            }
            var object = encoder.container(keyedBy: Key.self)
            for parameter in parameters {
                if parameter.kind == .argument {
                    try object.encode(Argument(parameter), forKey: Key(stringValue: parameter.name))
                } else {
                    try object.encode(Option(parameter), forKey: Key(stringValue: parameter.name))
                }
            }
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Argument: Encodable {
        let description: String
        let `default`: JSONValue
        let is_required: Bool
        let is_array: Bool

        init(_ parameter: Parameter) {
            description = parameter.description
            `default` = parameter.fallback
            is_required = parameter.isRequired
            is_array = parameter.isRepeated
        }
    }

    private struct Option: Encodable {
        let description: String
        let accept_Value: Bool
        let `default`: JSONValue
        let is_required: Bool
        let is_array: Bool

        init(_ parameter: Parameter) {
            description = parameter.description
            accept_Value = parameter.kind == .option
            `default` = parameter.fallback
            is_required = parameter.isRequired
            is_array = parameter.isRepeated
        }
    }
}

extension CommandDefinition {
    /// The options that people may give.
    fileprivate var shownOptions: [Parameter] {
        options + globalOptions.filter { allowedGlobals.contains($0.name) }
    }
}
