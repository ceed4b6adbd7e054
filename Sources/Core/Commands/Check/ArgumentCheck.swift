/// Turns what a person gave into the argv that runs, or says what is wrong with it. Nothing is started.
public struct ArgumentCheck {
    private let command: Command

    /// The check of a command.
    public init(_ command: Command) {
        self.command = command
    }

    /// What runs.
    ///
    /// - Parameters:
    ///   - input: What was given.
    ///   - uploads: The directory in which files that were given will be.
    /// - Throws: ``InvalidInput``.
    public func invocation(_ input: Input, uploadsIn uploads: String = "uploads") throws(InvalidInput) -> Invocation {
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
        let files = UploadCheck(definition)
        if case .line = input {
            try secrets.refuse(in: values)
            try files.refuse(in: values)
        }
        let words = ArgumentWords(definition)
        let placed = try files.place(values, below: uploads)
        let accepted = try ValueCheck(definition).accept(placed.values)
        let given = words.argv(accepted)
        let line =
            if case .line(let text) = input { text } else {
                words.line(values.withoutGaps(definition, accepted)).map(ArgumentLine.quote).joined(separator: " ")
            }
        try secrets.refuse(accepted, in: given + [line])
        let (environment, stdin) = secrets.passed(accepted)
        return Invocation(
            argv: command.run + definition.added + given, line: line, environment: environment, input: stdin,
            files: placed.files)
    }

    private static func split(_ line: String) throws(InvalidInput) -> [String] {
        do { return try ArgumentLine.split(line) } catch { throw InvalidInput("params", error.description) }
    }
}
