import Core

/// `GET /commands`: what this person may run.
struct CommandsEndpoint: Endpoint {
    let catalogue: Catalogue
    let permissions: Permissions

    func respond(to request: Request, _ values: [String], for person: Person) throws -> Response {
        let commands = catalogue.commands(for: person, permissions)
        let entries = commands.map { ($0.name, Entry($0)) }
        return try JSON.response(["commands": Dictionary(entries) { first, _ in first }])
    }

    /// A command in the original's shape; what comes after `usageManual` is ours.
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
