import ArgumentParser
import Core

/// `commands`: lists the allow-list.
struct Commands: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the commands, their roles and what they run.",
        discussion: """
            Commands of a console are listed as the console last reported them. `refresh` asks it again. A command \
            without roles is denied to everyone.
            """)

    @OptionGroup var options: Options

    func run() throws {
        let instance = try options.instance()
        for command in instance.catalogue.current.all {
            let line = command.run.map(ShellWords.quote).joined(separator: " ")
            print("\(command.name)  [\(command.roles.sorted().joined(separator: ", "))]  \(line)")
        }
    }
}
