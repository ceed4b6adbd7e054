import ArgumentParser
import Assembly
import Core
import Foundation

/// `check`: reads the configuration and prints its errors and warnings.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the configuration.",
        discussion: """
            Prints every error with its line, and warnings for settings that have no effect or are unsafe. The exit \
            code is 1 if there is an error. Nothing is changed and no program is started.
            """)

    @OptionGroup var options: Options

    @Flag(help: "Also print what would change for whom, compared with the configuration in use.")
    var diff = false

    @Option(help: "The file to compare with, instead of the configuration in use.", completion: .file())
    var against: String?

    func run() throws {
        let configuration = try options.configuration()
        if diff || against != nil { try printDifference(configuration) }
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

    private func printDifference(_ new: Configuration) throws {
        let old = try reportingErrors {
            if let against {
                return try ConfigurationReader(environment: ProcessInfo.processInfo.environment).read(against)
            }
            guard let kept = options.source.kept() else {
                throw CommandError(
                    "No program has used \(new.path) yet, or this user may not read the configuration in use. Run this "
                        + "as root, or compare it with a file: --against FILE.")
            }
            return kept.configuration
        }
        let lines = ConfigurationDifference(from: (old, catalogue(old)), to: (new, catalogue(new))).lines
        for line in lines { print("change: \(line)") }
        if lines.isEmpty { print("Nothing changes.") }
    }

    /// The commands of a configuration, with those that its consoles have listed. Creates no storage.
    private func catalogue(_ configuration: Configuration) -> CatalogueSnapshot {
        Catalogue(configuration, path: configuration.storage + "/catalogue.json").current
    }
}
