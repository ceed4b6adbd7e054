/// Checks the parameters of a command and builds the argv from them. It starts nothing.
package struct InvocationBuilder {
    private let command: Command

    package init(_ command: Command) {
        self.command = command
    }

    /// Builds the invocation.
    ///
    /// - Parameters:
    ///   - input: The parameters.
    ///   - uploads: The directory in which the uploaded files will be stored.
    /// - Throws: ``InvalidInputError`` with everything that is wrong with the parameters.
    package func build(
        from input: CommandInput, uploadsIn uploads: String = "uploads"
    ) throws(InvalidInputError) -> Invocation {
        let definition = command.definition
        if definition.syntax == .words, case .line(let text) = input {
            return Invocation(argv: command.run + (try Self.split(text)), line: text)
        }
        if definition.syntax == .undeclared { try Self.refuseParameters(in: input) }
        let secrets = SecretValidator(definition)
        let values = try secrets.hidingValuesInErrors { () throws(InvalidInputError) in
            switch input {
            case .line(let text): try SymfonyArgumentParser(definition).parse(try Self.split(text))
            case .fields(let arguments, let options):
                try ParameterValues(arguments: arguments, options: options, definition: definition)
            }
        }
        let files = UploadValidator(definition)
        if case .line = input {
            try secrets.rejectSecretsOfLine(values)
            try files.refuseFiles(in: values)
        }
        let builder = ArgvBuilder(definition)
        let placed = try files.replaceNames(in: values, withPathsBelow: uploads)
        let validated = try ParameterValidator(definition).validate(placed.values)
        let words = builder.argv(for: validated)
        let line =
            if case .line(let text) = input { text } else {
                builder.typedWords(for: values.fillingGaps(from: validated, definition: definition))
                    .map(ShellWords.quote).joined(separator: " ")
            }
        try secrets.rejectCopies(of: validated, in: words + [line])
        let (environment, stdin) = secrets.handover(of: validated)
        return Invocation(
            argv: command.run + definition.added + words, line: line, environment: environment, input: stdin,
            files: placed.files)
    }

    private static func refuseParameters(in input: CommandInput) throws(InvalidInputError) {
        let isEmpty =
            switch input {
            case .line(let text): try split(text).isEmpty
            case .fields(let arguments, let options): arguments.isEmpty && options.isEmpty
            }
        guard isEmpty else {
            throw InvalidInputError(
                "params",
                Sentence(
                    "input.none",
                    """
                    The command takes no parameters. To accept any words, add "parameters: any" to it in the \
                    configuration.
                    """))
        }
    }

    private static func split(_ line: String) throws(InvalidInputError) -> [String] {
        do { return try ShellWords.split(line) } catch { throw InvalidInputError("params", error.sentence) }
    }
}
