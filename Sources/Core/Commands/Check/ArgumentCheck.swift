/// Turns what a person gave into the argv that runs, or says what is wrong with it. Nothing is started.
public struct ArgumentCheck {
    private let command: Command

    /// The check of a command.
    public init(_ command: Command) {
        self.command = command
    }

    /// What runs.
    ///
    /// - Throws: ``InvalidInput``.
    public func invocation(_ input: Input) throws(InvalidInput) -> Invocation {
        let definition = command.definition
        if definition.syntax == .words, case .line(let text) = input {
            return Invocation(argv: command.run + (try Self.split(text)), line: text)
        }
        let secrets = SecretCheck(definition)
        let values = try secrets.guarding { () throws(InvalidInput) in
            switch input {
            case .line(let text): try ConsoleWords(definition).read(try Self.split(text))
            case .fields(let arguments, let options): try GivenValues(arguments, options, definition)
            }
        }
        if case .line = input { try secrets.refuse(in: values) }
        let words = ArgumentWords(definition)
        let accepted = try ValueCheck(definition).accept(values)
        let given = words.argv(accepted)
        let line =
            if case .line(let text) = input { text } else {
                words.line(values).map(ArgumentLine.quote).joined(separator: " ")
            }
        try secrets.refuse(accepted, in: given + [line])
        let (environment, stdin) = secrets.passed(accepted)
        return Invocation(
            argv: command.run + definition.added + given, line: line, environment: environment, input: stdin)
    }

    private static func split(_ line: String) throws(InvalidInput) -> [String] {
        do { return try ArgumentLine.split(line) } catch { throw InvalidInput("params", error.description) }
    }
}
