/// Turns what a person gave into the argv that runs, or says what is wrong with it. Nothing is started.
package struct InvocationBuilder {
    private let command: Command

    /// The check of a command.
    package init(_ command: Command) {
        self.command = command
    }

    /// What runs.
    ///
    /// - Parameters:
    ///   - input: What was given.
    ///   - uploads: The directory in which files that were given will be.
    /// - Throws: ``InvalidInputError``.
    package func invocation(_ input: Input, uploadsIn uploads: String = "uploads") throws(InvalidInputError)
        -> Invocation
    {
        let definition = command.definition
        if definition.syntax == .words, case .line(let text) = input {
            return Invocation(argv: command.run + (try Self.split(text)), line: text)
        }
        let secrets = SecretValidator(definition)
        let values = try secrets.guarding { () throws(InvalidInputError) in
            switch input {
            case .line(let text): try SymfonyArgumentParser(definition).read(try Self.split(text))
            case .fields(let arguments, let options): try ParameterValues(arguments, options, definition)
            }
        }
        let files = UploadValidator(definition)
        if case .line = input {
            try secrets.refuse(in: values)
            try files.refuse(in: values)
        }
        let words = ArgvBuilder(definition)
        let placed = try files.place(values, below: uploads)
        let accepted = try ParameterValidator(definition).accept(placed.values)
        let given = words.argv(accepted)
        let line =
            if case .line(let text) = input { text } else {
                words.line(values.withoutGaps(definition, accepted)).map(ShellWords.quote).joined(separator: " ")
            }
        try secrets.refuse(accepted, in: given + [line])
        let (environment, stdin) = secrets.passed(accepted)
        return Invocation(
            argv: command.run + definition.added + given, line: line, environment: environment, input: stdin,
            files: placed.files)
    }

    private static func split(_ line: String) throws(InvalidInputError) -> [String] {
        do { return try ShellWords.split(line) } catch { throw InvalidInputError("params", error.description) }
    }
}
