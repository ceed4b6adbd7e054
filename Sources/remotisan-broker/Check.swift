import ArgumentParser
import Core

/// `check`: reads the configuration and prints its errors and warnings.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the configuration.",
        discussion: """
            Prints every error with its line, and warnings for settings that have no effect or are unsafe. The exit \
            code is 1 if there is an error. Nothing is changed and no program is started.
            """)

    @OptionGroup var options: Options

    func run() throws {
        let configuration = try options.configuration()
        let advice = ConfigurationAdvice(configuration)
        let warnings = advice.warnings
        for warning in warnings { print("warning: \(warning)") }
        for note in advice.notes { print("note: \(note)") }
        let commands = configuration.commands.allowed.count + configuration.commands.ofConsoles.count
        let counts = [
            counted(commands, "command"), counted(configuration.roles.count, "role"),
            counted(warnings.count, "warning"),
        ]
        print("\(configuration.path): good. \(counts.joined(separator: ", ")).")
    }
}
