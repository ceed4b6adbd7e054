import ArgumentParser
import Core

/// `commands`: the allow-list as it is understood.
struct Commands: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists what may be run, and by whom.")

    @OptionGroup var options: Options

    func run() throws {
        let instance = try options.instance()
        for command in instance.catalogue.current.all {
            let line = command.run.map(ShellWords.quote).joined(separator: " ")
            print("\(command.name)  [\(command.roles.sorted().joined(separator: ", "))]  \(line)")
        }
    }
}
