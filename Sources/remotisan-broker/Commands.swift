import ArgumentParser
import Core

/// `commands`: lists the allow-list.
struct Commands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commands",
        abstract: "Lists the commands, their roles and what they run.",
        discussion: """
            Commands of a console are listed as the console last reported them. `refresh` asks it again. A command \
            without roles is denied to everyone.
            """)

    @OptionGroup var options: Options
    @OptionGroup var table: TableOptions

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            try table.print { printer in
                try printer.rows(["COMMAND", "ROLES", "RUNS"]) { add in
                    for command in instance.catalogue.current.all {
                        let roles = command.roles.sorted()
                        try add(
                            {
                                let line = command.run.map(ShellWords.quote).joined(separator: " ")
                                return [
                                    .init(command.name), .init("[\(roles.joined(separator: ", "))]"), .init(line),
                                ]
                            }, { ["name": command.name, "roles": roles, "run": command.run] })
                    }
                }
            }
        }
    }
}
