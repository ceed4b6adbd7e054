/// A program that lists its own commands: `php artisan`, or any Symfony Console application.
package struct Console: Sendable, Equatable, Codable {
    /// Which one.
    package let kind: Kind
    /// The program and its leading arguments: `php`, `artisan`.
    package let run: [String]
    /// Its working directory: the application's.
    package let directory: String
    /// Variables added to its environment, and its jobs'.
    package private(set) var environment: [String: String]
    /// What stands in front of its commands' names here, to tell several consoles apart.
    package let prefix: String
    /// Names of options for every command, without dashes, that people may give: `env`.
    package let allowedOptions: Set<String>

    /// Kinds of consoles.
    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// Laravel's.
        case artisan
        /// Any other of Symfony's.
        case symfony
    }

    /// Creates a console.
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

    /// The same with these variables, unless it has its own of that name.
    func adding(_ variables: [String: String]) -> Console {
        var console = self
        console.environment.merge(variables) { own, _ in own }
        return console
    }

    /// How an operator knows it.
    package var description: String { "\(run.joined(separator: " ")) in \(directory)" }
}
