/// What a command takes, and how it takes it.
package struct CommandDefinition: Sendable, Equatable {
    /// How words become arguments.
    package let syntax: Syntax
    /// By place, in order.
    package internal(set) var arguments: [Parameter]
    /// By name: options and flags.
    package internal(set) var options: [Parameter]
    /// Options that a console takes with every command, such as `--env`. Refused unless they are in ``allowedGlobals``.
    package let globalOptions: [Parameter]
    /// Names of the global options that people may give.
    package let allowedGlobals: Set<String>
    /// Words that we add, in front of what the person gives: `--no-interaction`, `--ansi`.
    package let added: [String]

    /// Whether `--` stands in front of the arguments, so that one may begin with a dash.
    package let endsOptions: Bool

    /// How words become arguments.
    package enum Syntax: String, Sendable {
        /// They are passed on as they are.
        case words
        /// They are parameters that the configuration declares.
        case declared
        /// They are read as Symfony Console reads them.
        case console
    }

    /// Creates a definition; by default of a program that takes any words.
    package init(
        syntax: Syntax = .words, arguments: [Parameter] = [], options: [Parameter] = [],
        globalOptions: [Parameter] = [], allowedGlobals: Set<String> = [], added: [String] = [],
        endsOptions: Bool = false
    ) {
        self.syntax = syntax
        self.arguments = arguments
        self.options = options
        self.globalOptions = globalOptions
        self.allowedGlobals = allowedGlobals
        self.added = added
        self.endsOptions = endsOptions
    }

    /// Its parameters whose values are kept nowhere.
    package var secrets: [Parameter] { options.filter { $0.secretPassing != nil } }

    /// Its parameters that are uploaded files.
    package var files: [Parameter] {
        (arguments + options).filter { $0.type is FileType }
    }

    /// Bytes by which a request's body may be longer for its files: Base 64 makes four of three.
    package var uploadAllowance: Int {
        files.reduce(0) { sum, parameter in
            guard let type = parameter.type as? FileType else { return sum }
            return sum + (type.maxBytes + 2) / 3 * 4 + 16 * 1024
        }
    }

    /// A program that takes any words.
    package static let anyWords = CommandDefinition(arguments: [
        Parameter(
            name: "params", kind: .argument, description: "Arguments for the program, quoted as in a shell",
            isRepeated: true, fallback: .list([]))
    ])
}
