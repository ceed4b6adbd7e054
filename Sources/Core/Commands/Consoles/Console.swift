/// A program that lists its own commands: `php artisan`, or any Symfony Console application.
package struct Console: Sendable, Equatable, Codable {
    package let kind: Kind
    /// The program and its leading arguments: `php`, `artisan`.
    package let run: [String]
    /// The working directory: the application's.
    package let directory: String
    /// Variables added to the environment of the console and of its jobs.
    package private(set) var environment: [String: String]
    /// Prefix of the commands' names in the catalogue. It distinguishes several consoles.
    package let prefix: String
    /// Global options that people may give, without dashes, such as `env`.
    package let allowedOptions: Set<String>

    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// Laravel's artisan.
        case artisan
        /// Any other Symfony Console application.
        case symfony
    }

    package init(
        kind: Kind, run: [String], directory: String, environment: [String: String] = [:], prefix: String = "",
        allowedOptions: Set<String> = []
    ) {
        self.kind = kind
        self.run = run
        self.directory = directory
        self.environment = environment
        self.prefix = prefix
        self.allowedOptions = allowedOptions
    }

    /// The same console with additional variables. Its own variables take precedence.
    func adding(_ variables: [String: String]) -> Console {
        var console = self
        console.environment.merge(variables) { own, _ in own }
        return console
    }

    /// Whether its program is PHP, which takes settings by `-d`.
    var isRunByPHP: Bool {
        let program = run.first.map { $0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...] }
        return program?.hasPrefix("php") ?? false
    }

    /// The argv to ask the console about its commands. PHP prints its notices to standard error then, and not into the
    /// answer.
    ///
    /// - Parameter settings: Further settings of PHP, NAME=VALUE.
    func argv(_ words: [String], settings: [String] = []) -> [String] {
        guard isRunByPHP else { return run + words }
        let options = (["display_errors=stderr"] + settings).flatMap { ["-d", $0] }
        return run.prefix(1) + options + run.dropFirst() + words
    }

    /// The program and its directory, for messages to operators.
    package var description: String { "\(run.joined(separator: " ")) in \(directory)" }
}

/// A command as its console lists it.
struct ConsoleCommand: Sendable, Equatable, Codable {
    /// The name, without the prefix of the catalogue.
    let name: String
    let description: String
    let help: String
    /// How to call it: name, options, arguments.
    let usage: String
    let arguments: [Parameter]
    /// Options of this command.
    let options: [Parameter]
    /// Options of every command of the console.
    let globalOptions: [Parameter]
}
