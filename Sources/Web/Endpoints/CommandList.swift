import Core

/// Commands by name in the original's shape; in an entry, what comes after `usageManual` is ours.
struct CommandList: Encodable {
    private let entries: [String: Entry]

    init(_ commands: [Command]) {
        entries = Dictionary(commands.map { ($0.name, Entry($0)) }) { first, _ in first }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(entries)
    }

    private struct Entry: Encodable {
        let name: String
        let definition: Definition
        let help: String
        let description: String
        let usageManual: String
        let timeout: Nullable<Int64>
        let confirm: Nullable<String>

        init(_ command: Command) {
            name = command.name
            definition = Definition()
            help = command.help
            description = command.description
            usageManual = "\(command.name) [<params>...]"
            timeout = Nullable(command.timeout)
            confirm = Nullable(command.confirm)
        }
    }

    /// What a declared program takes: any words.
    private struct Definition: Encodable {
        let args = ["params": Argument()]
        let ops: [String] = []

        struct Argument: Encodable {
            let description = "Arguments for the program, quoted as in a shell"
            let `default`: [String] = []
            let is_required = false
            let is_array = true
        }
    }
}
