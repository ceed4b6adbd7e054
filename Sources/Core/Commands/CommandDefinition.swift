/// The parameters of a command, and how they become arguments of its program.
package struct CommandDefinition: Sendable, Equatable {
    /// How words become arguments.
    package let syntax: Syntax
    /// Parameters that are known by their position, in order.
    package internal(set) var arguments: [Parameter]
    /// Options and flags.
    package internal(set) var options: [Parameter]
    /// Options that a console takes with every command, such as `--env`. Only those in ``allowedGlobals`` are accepted.
    package let globalOptions: [Parameter]
    /// Names of the global options that people may give.
    package let allowedGlobals: Set<String>
    /// Words that precede the given ones, such as `--no-interaction` and `--ansi`.
    package let added: [String]

    /// Whether `--` precedes the arguments, so that an argument may begin with a dash.
    package let endsOptions: Bool

    /// How words become arguments.
    package enum Syntax: String, Sendable {
        /// Any words are accepted and passed on unchanged.
        case words
        /// The configuration says nothing about parameters, so none is accepted.
        case undeclared
        /// The configuration declares the parameters.
        case declared
        /// A Symfony Console lists the parameters.
        case console
    }

    package init(
        syntax: Syntax, arguments: [Parameter] = [], options: [Parameter] = [],
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

    /// Parameters whose values are stored nowhere.
    package var secrets: [Parameter] { options.filter { $0.secretPassing != nil } }

    /// Parameters whose values are uploaded files.
    package var files: [Parameter] {
        (arguments + options).filter { $0.type is FileType }
    }

    /// Additional bytes that the body of a request may have for uploaded files. Base64 encodes three bytes as four.
    package var uploadAllowance: Int {
        files.reduce(0) { sum, parameter in
            guard let type = parameter.type as? FileType else { return sum }
            return sum + (type.maxBytes + 2) / 3 * 4 + 16 * 1024
        }
    }

    /// A program whose configuration does not mention parameters.
    package static let undeclared = CommandDefinition(syntax: .undeclared)

    /// A program that takes any words.
    package static let anyWords = CommandDefinition(
        syntax: .words,
        arguments: [
            Parameter(
                name: "params", kind: .argument, description: "Arguments for the program, quoted as in a shell",
                isRepeated: true, fallback: .list([]))
        ])

    /// The parameters in one line, in Symfony's notation: `[--since SINCE] [--dry] [--] <host> [<rest>...]`.
    package var synopsis: String {
        let options = options.map { option -> String in
            let value = option.kind == .flag ? "" : " \(option.name.uppercased())"
            let text = "--\(option.name)\(value)"
            return option.isRequired ? text : "[\(text)]"
        }
        let arguments = arguments.map { argument -> String in
            let text = "<\(argument.name)>\(argument.isRepeated ? "..." : "")"
            return argument.isRequired ? text : "[\(text)]"
        }
        let divider = options.isEmpty || arguments.isEmpty ? [] : ["[--]"]
        return (options + divider + arguments).joined(separator: " ")
    }
}
