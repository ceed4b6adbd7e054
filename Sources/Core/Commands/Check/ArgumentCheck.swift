/// Turns what a person gave into the argv that runs, or says what is wrong with it. Nothing is started and nothing
/// looked at on the way.
public struct ArgumentCheck {
    private let command: Command
    private var definition: CommandDefinition { command.definition }

    /// The check of a command.
    public init(_ command: Command) {
        self.command = command
    }

    /// What runs.
    ///
    /// - Throws: ``InvalidInput``.
    public func invocation(_ input: Input) throws(InvalidInput) -> Invocation {
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
        let checked = try check(values)
        let words = words(checked)
        return Invocation(
            argv: command.run + definition.added + words,
            line: line ?? words.map(ArgumentLine.quote).joined(separator: " "))
    }

    private static func split(_ line: String) throws(InvalidInput) -> [String] {
        do { return try ArgumentLine.split(line) } catch { throw InvalidInput("params", error.description) }
    }

    private func check(_ values: GivenValues) throws(InvalidInput) -> GivenValues {
        var problems: [String: [String]] = [:]
        var isMissing = false
        for argument in definition.arguments {
            let given = values.arguments[argument.name] ?? []
            if given.isEmpty {
                isMissing = true
                if argument.isRequired {
                    problems[argument.name, default: []].append("The argument \(argument.name) is missing.")
                }
                continue
            }
            if isMissing {
                problems[argument.name, default: []].append(
                    "The argument \(argument.name) needs those in front of it.")
            }
            if given.count > 1, !argument.isRepeated {
                problems[argument.name, default: []].append("The argument \(argument.name) takes one value.")
            }
            for value in given {
                if let problem = problem(value) ?? environmentProblem(value) {
                    problems[argument.name, default: []].append("The argument \(argument.name) \(problem)")
                }
            }
        }
        let globals = Set(definition.globalOptions.map(\.name))
        let own = definition.options + definition.globalOptions
        for option in own {
            guard let given = values.options[option.name] else {
                if option.isRequired {
                    problems[option.name, default: []].append("The option --\(option.name) is missing.")
                }
                continue
            }
            if globals.contains(option.name), !definition.allowedGlobals.contains(option.name) {
                problems[option.name, default: []].append("The option --\(option.name) is not allowed here.")
                continue
            }
            problems[option.name] = Self.problems(of: option, given) { problem($0) }
        }
        guard problems.isEmpty else { throw InvalidInput(problems) }
        return values
    }

    private static func problems(
        of option: Parameter, _ given: [String?], _ problem: (String) -> String?
    ) -> [String]? {
        var problems: [String] = []
        if given.count > 1, !option.isRepeated, option.kind == .option {
            problems.append("The option --\(option.name) can be given once.")
        }
        for value in given {
            switch (option.kind, value) {
            case (.flag, .some): problems.append("The option --\(option.name) takes no value.")
            case (.option, nil) where !option.isValueOptional:
                problems.append("The option --\(option.name) needs a value.")
            case (_, .some(let text)):
                if let found = problem(text) { problems.append("The option --\(option.name) \(found)") }
            default: break
            }
        }
        return problems.isEmpty ? nil : problems
    }

    private func problem(_ value: String) -> String? {
        value.utf8.contains(0) ? "contains a NUL character, which no argument can hold." : nil
    }

    /// Laravel takes the first word that begins with `--env` for the name of its environment, wherever it stands, even
    /// behind `--`.
    private func environmentProblem(_ value: String) -> String? {
        guard definition.syntax == .console, value.utf8.starts(with: "--env".utf8) else { return nil }
        return "begins with --env, which the application would take for its environment."
    }

    /// The words that say the same, so that no value can be read as an option: each behind its option's `=`, arguments
    /// behind `--` where one of them begins with a dash.
    private func words(_ values: GivenValues) -> [String] {
        if definition.syntax == .words { return values.arguments.values.flatMap { $0 } }
        var words: [String] = []
        for option in definition.options + definition.globalOptions {
            for value in values.options[option.name] ?? [] {
                words.append(value.map { "--\(option.name)=\($0)" } ?? "--\(option.name)")
            }
        }
        let placed = definition.arguments.flatMap { values.arguments[$0.name] ?? [] }
        if placed.contains(where: { $0.utf8.first == UInt8(ascii: "-") }) { words.append("--") }
        return words + placed
    }
}
