/// The commands that are declared, by name.
public struct Catalogue: Sendable {
    private let commands: [String: Command]

    /// The catalogue of a configuration's allow-list.
    public init(_ configuration: Configuration) {
        commands = configuration.commands.allowed
    }

    /// A command by its exact name.
    public subscript(name: String) -> Command? {
        commands[name].flatMap { $0.name.isExactly(name) ? $0 : nil }
    }

    /// The commands a person may run, by name in order.
    public func commands(for person: Person, _ permissions: Permissions) -> [Command] {
        commands.values.filter { permissions.mayRun($0, person) }.sorted { $0.name < $1.name }
    }

    /// The names of the commands a person may run.
    public func names(for person: Person, _ permissions: Permissions) -> Set<String> {
        Set(commands.values.lazy.filter { permissions.mayRun($0, person) }.map(\.name))
    }
}
