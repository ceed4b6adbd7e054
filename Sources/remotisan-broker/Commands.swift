import ArgumentParser
import Core

/// `commands`: the allow-list as it is understood.
struct Commands: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists what may be run, and by whom.")

    @OptionGroup var options: Options

    func run() throws {
        let configuration = try options.configuration()
        for command in configuration.commands.allowed.values.sorted(by: { $0.name < $1.name }) {
            print("\(command.name)  [\(command.roles.sorted().joined(separator: ", "))]  \(command.run)")
        }
    }
}
