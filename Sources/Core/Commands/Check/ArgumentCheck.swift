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
        let values: GivenValues
        var line: String?
        switch input {
        case .line(let text):
            let words = try Self.split(text)
            line = text
            guard definition.syntax != .words else {
                return Invocation(argv: command.run + words, line: text)
            }
            values = try ConsoleWords(definition).read(words)
        case .fields(let arguments, let options):
            values = try GivenValues(arguments, options, definition)
        }
        let words = ArgumentWords(definition)
        let argv = words.argv(try ValueCheck(definition).accept(values))
        return Invocation(
            argv: command.run + definition.added + argv,
            line: line ?? words.line(values).map(ArgumentLine.quote).joined(separator: " "))
    }

    private static func split(_ line: String) throws(InvalidInput) -> [String] {
        do { return try ArgumentLine.split(line) } catch { throw InvalidInput("params", error.description) }
    }
}
