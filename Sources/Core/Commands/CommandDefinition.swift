/// What a command takes, and how it takes it.
public struct CommandDefinition: Sendable, Equatable, Codable {
    /// How words become arguments.
    public let syntax: Syntax
    /// By place, in order.
    public internal(set) var arguments: [Parameter]
    /// By name: options and flags.
    public internal(set) var options: [Parameter]
    /// Options that a console takes with every command, such as `--env`. Refused unless they are in ``allowedGlobals``.
    public let globalOptions: [Parameter]
    /// Names of the global options that people may give.
    public let allowedGlobals: Set<String>
    /// Words that we add, in front of what the person gives: `--no-interaction`, `--ansi`.
    public let added: [String]

    /// Whether `--` stands in front of the arguments, so that one may begin with a dash.
    public let endsOptions: Bool

    /// How words become arguments.
    public enum Syntax: String, Sendable, Codable {
        /// They are passed on as they are.
        case words
        /// They are parameters that the configuration declares.
        case declared
        /// They are read as Symfony Console reads them.
        case console
    }

    /// Creates a definition; by default of a program that takes any words.
    public init(
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
    public var secrets: [Parameter] { options.filter { $0.type.secretPassing != nil } }

    /// Its parameters that are uploaded files.
    public var files: [Parameter] {
        (arguments + options).filter { if case .file = $0.type { true } else { false } }
    }

    /// Bytes by which a request's body may be longer for its files: Base 64 makes four of three.
    public var uploadAllowance: Int {
        files.reduce(0) { sum, parameter in
            guard case .file(let maxBytes, _) = parameter.type else { return sum }
            return sum + (maxBytes + 2) / 3 * 4 + 16 * 1024
        }
    }

    /// A program that takes any words.
    public static let anyWords = CommandDefinition(arguments: [
        Parameter(
            name: "params", kind: .argument, description: "Arguments for the program, quoted as in a shell",
            isRepeated: true, fallback: .list([]))
    ])
}
