import ArgumentParser
import Assembly
import Core
import Foundation

/// `check`: reads the configuration and prints its errors and warnings.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
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

    @OptionGroup var json: JSONOption

    func run() throws {
        try reportingErrors {
            let configuration: Configuration
            do {
                configuration = try options.readConfiguration()
                try refuseEmpty(configuration)
            } catch let error as ConfigurationError where json.isJSON {
                try printJSON(error)
                throw ExitStatus.failed.code
            }
            let changes = try diff || against != nil ? difference(configuration) : nil
            // Root may read and run every file, but the programs run as the owner of the storage.
            try Account.becomeOwner(of: configuration.storage)
            let advice = ConfigurationAdvice(configuration)
            let warnings = advice.warnings + catalogue(configuration).unlisted.map(\.problem)
            guard !json.isJSON else { return try printJSON(configuration, warnings, advice.notes, changes) }
            for line in changes ?? [] { print("change: \(line)") }
            if changes?.isEmpty ?? false { print("Nothing changes.") }
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

    private func printJSON(_ error: ConfigurationError) throws {
        let errors = error.problems.map { problem -> JSONRecord in
            ["source": problem.source, "line": problem.line, "key": problem.key, "message": problem.message]
        }
        let empty: [String] = []
        let record: JSONRecord = [
            "configuration": options.source.path, "good": false, "errors": errors, "warnings": empty, "notes": empty,
            "changes": nil,
        ]
        try StandardOutput.write(ASCIIJSON.text(of: record) + "\n")
    }

    /// An empty file is valid YAML, but nobody wants it: the programs keep the earlier configuration then.
    private func refuseEmpty(_ configuration: Configuration) throws(ConfigurationError) {
        guard ConfigurationSource.isEmpty(try ConfigurationReader.text(of: configuration.path)) else { return }
        throw ConfigurationError(
            of: configuration.path,
            "is empty, so nobody can run anything. Write the settings, or begin with those of remotisan-broker export "
                + "config.")
    }

    private func printJSON(
        _ configuration: Configuration, _ warnings: [String], _ notes: [String], _ changes: [String]?
    ) throws {
        let record: JSONRecord = [
            "configuration": configuration.path, "good": true, "errors": [String](), "warnings": warnings,
            "notes": notes,
            "changes": changes,
        ]
        try StandardOutput.write(ASCIIJSON.text(of: record) + "\n")
    }

    /// What would change, a line for each.
    private func difference(_ new: Configuration) throws -> [String] {
        let old: Configuration
        if let against {
            old = try ConfigurationReader(environment: ProcessInfo.processInfo.environment).read(against)
        } else {
            guard let kept = options.source.kept() else {
                throw CommandError(
                    "No program has used \(new.path) yet, or this user may not read the configuration in use. Run this "
                        + "as root, or compare it with a file: --against FILE.")
            }
            old = kept.configuration
        }
        return ConfigurationDifference(from: (old, catalogue(old)), to: (new, catalogue(new))).lines
    }

    /// The commands of a configuration, with those that its consoles have listed. Creates no storage.
    private func catalogue(_ configuration: Configuration) -> CatalogueSnapshot {
        Catalogue(configuration, path: configuration.storage + "/catalogue.json").current
    }
}
