import ArgumentParser
import Core

/// `check`: whether the configuration will do.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads the configuration and says what is wrong with it, line by line.")

    @OptionGroup var options: Options

    func run() throws {
        let configuration = try options.configuration()
        let warnings = ConfigurationAdvice(configuration).warnings
        for warning in warnings { print("warning: \(warning)") }
        let commands = configuration.commands.allowed.count + configuration.commands.ofConsoles.count
        let roles = configuration.roles.count
        print("\(configuration.path): good. \(commands) commands, \(roles) roles, \(warnings.count) warnings.")
    }
}
