/// Compares values with the definition of the command: whether they are required, repeated, and of the right type.
struct ParameterValidator {
    private let definition: CommandDefinition
    /// When no more values are checked. A pattern may take long for a value, and a request may have many values.
    private let deadline: ContinuousClock.Instant
    /// Milliseconds for all values of a request together.
    static let timeout = 1000

    /// - Parameter timeout: Milliseconds for all values together.
    init(_ definition: CommandDefinition, timeout: Int = Self.timeout) {
        self.definition = definition
        deadline = .now + .milliseconds(timeout)
    }

    /// Checks all values and adds the configured defaults.
    ///
    /// - Returns: The values as the command gets them.
    /// - Throws: ``InvalidInputError`` with everything that is wrong.
    func validate(_ given: ParameterValues) throws(InvalidInputError) -> ParameterValues {
        var validated = ParameterValues()
        var problems: [String: [Sentence]] = [:]
        var isMissing = false
        for argument in definition.arguments {
            // Arguments are known by their position. So a default has no effect if an argument before it is missing.
            let values = given.arguments[argument.name] ?? (isMissing ? [] : fallback(of: argument))
            var found: [Sentence] = []
            if values.isEmpty {
                isMissing = true
                if argument.isRequired { found.append(Self.missing.about(argument)) }
            } else {
                if isMissing { found.append(Self.gap.about(argument)) }
                if values.count > 1, !argument.isRepeated { found.append(Self.severalValues.about(argument)) }
            }
            validated.arguments[argument.name] = values.compactMap { value in
                let text = checked(value, for: argument, problems: &found)
                if let text, let problem = problem(ofArgument: text) { found.append(problem.about(argument)) }
                return text
            }
            if !found.isEmpty { problems[argument.name] = found }
        }
        for option in definition.options + definition.globalOptions {
            var found: [Sentence] = []
            validated.options[option.name] = checked(given.options[option.name], for: option, problems: &found)
            if !found.isEmpty { problems[option.name] = found }
        }
        guard problems.isEmpty else { throw InvalidInputError(problems) }
        return validated
    }

    private func checked(_ given: [String?]?, for option: Parameter, problems: inout [Sentence]) -> [String?]? {
        guard let given else {
            if option.isRequired { problems.append(Self.missing.about(option)) }
            let fallback = fallback(of: option)
            return fallback.isEmpty ? nil : fallback
        }
        let isGlobal = definition.globalOptions.contains { $0.name == option.name }
        if isGlobal, !definition.allowedGlobals.contains(option.name) {
            problems.append(Sentence("input.notAllowed", "is not allowed here.").about(option))
            return nil
        }
        if given.count > 1, !option.isRepeated, option.kind == .option {
            problems.append(Sentence("input.once", "can be given once.").about(option))
        }
        return given.compactMap { value -> String?? in
            switch (option.kind, value) {
            case (.flag, .some):
                problems.append(Sentence("input.noValue", "takes no value.").about(option))
                return nil
            case (.option, nil) where !option.isValueOptional:
                problems.append(Sentence("input.needsValue", "needs a value.").about(option))
                return nil
            case (_, let text?):
                let text = checked(text, for: option, problems: &problems)
                if option.valueIsSeparateArgument, text?.utf8.first == UInt8(ascii: "-") {
                    problems.append(Sentence("value.optionDash", "must not begin with a dash.").about(option))
                }
                return text
            case (_, nil):
                return .some(nil)
            }
        }
    }

    private func checked(_ value: String, for parameter: Parameter, problems: inout [Sentence]) -> String? {
        guard .now < deadline else {
            let problem = Sentence(
                "input.slow", "Checking the parameters takes too long. Enter fewer or shorter values.")
            if problems.last != problem { problems.append(problem) }
            return nil
        }
        do {
            return try parameter.type.validate(value)
        } catch {
            problems.append(error.sentence(for: parameter))
            return nil
        }
    }

    /// The configured default. A console adds its own defaults.
    private func fallback(of parameter: Parameter) -> [String] {
        definition.syntax == .declared && parameter.kind != .flag ? parameter.fallback.texts : []
    }

    private static let missing = Sentence("input.missing", "is missing.")
    private static let gap = Sentence("input.gap", "requires the arguments before it.")
    private static let severalValues = Sentence("input.oneValue", "takes one value.")
    private static let dash = Sentence(
        "value.dash", "must not begin with a dash, because the program would read it as an option.")
    private static let environment = Sentence(
        "value.env", "must not begin with --env, because the application would read it as its environment.")

    private func problem(ofArgument value: String) -> Sentence? {
        switch definition.syntax {
        case .words, .undeclared: nil
        case .declared:
            !definition.endsOptions && value.utf8.first == UInt8(ascii: "-") ? Self.dash : nil
        case .console:
            // Laravel reads the first word that begins with --env as the name of its environment, even after `--`.
            value.utf8.starts(with: "--env".utf8) ? Self.environment : nil
        }
    }
}
