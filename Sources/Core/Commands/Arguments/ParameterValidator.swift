/// Holds values against the definition: what must be there, how often, and of what type.
struct ParameterValidator {
    private let definition: CommandDefinition

    init(_ definition: CommandDefinition) {
        self.definition = definition
    }

    /// The values as the command gets them; what is left out and has a default in the configuration has that.
    ///
    /// - Throws: ``InvalidInputError`` with everything that is wrong.
    func accept(_ given: ParameterValues) throws(InvalidInputError) -> ParameterValues {
        var accepted = ParameterValues()
        var problems: [String: [String]] = [:]
        var isMissing = false
        for argument in definition.arguments {
            // A default stands by its place, too: where something in front of it is missing there is none.
            let values = given.arguments[argument.name] ?? (isMissing ? [] : fallback(of: argument))
            var wrong: [String] = []
            if values.isEmpty {
                isMissing = true
                if argument.isRequired { wrong.append("The argument \(argument.name) is missing.") }
            } else {
                if isMissing { wrong.append("The argument \(argument.name) needs those in front of it.") }
                if values.count > 1, !argument.isRepeated {
                    wrong.append("The argument \(argument.name) takes one value.")
                }
            }
            accepted.arguments[argument.name] = values.compactMap { value in
                let text = accept(value, argument, &wrong)
                if let text, let problem = problem(ofPlaced: text) {
                    wrong.append("The argument \(argument.name) \(problem)")
                }
                return text
            }
            if !wrong.isEmpty { problems[argument.name] = wrong }
        }
        for option in definition.options + definition.globalOptions {
            var wrong: [String] = []
            accepted.options[option.name] = accept(given.options[option.name], option, &wrong)
            if !wrong.isEmpty { problems[option.name] = wrong }
        }
        guard problems.isEmpty else { throw InvalidInputError(problems) }
        return accepted
    }

    private func accept(_ given: [String?]?, _ option: Parameter, _ wrong: inout [String]) -> [String?]? {
        guard let given else {
            if option.isRequired { wrong.append("The option --\(option.name) is missing.") }
            let fallback = fallback(of: option)
            return fallback.isEmpty ? nil : fallback
        }
        let isGlobal = definition.globalOptions.contains { $0.name == option.name }
        if isGlobal, !definition.allowedGlobals.contains(option.name) {
            wrong.append("The option --\(option.name) is not allowed here.")
            return nil
        }
        if given.count > 1, !option.isRepeated, option.kind == .option {
            wrong.append("The option --\(option.name) can be given once.")
        }
        return given.compactMap { value -> String?? in
            switch (option.kind, value) {
            case (.flag, .some):
                wrong.append("The option --\(option.name) takes no value.")
                return nil
            case (.option, nil) where !option.isValueOptional:
                wrong.append("The option --\(option.name) needs a value.")
                return nil
            case (_, let text?):
                let accepted = accept(text, option, &wrong)
                if option.valueIsSeparateArgument, accepted?.utf8.first == UInt8(ascii: "-") {
                    wrong.append("The option --\(option.name) must not begin with a dash.")
                }
                return accepted
            case (_, nil):
                return .some(nil)
            }
        }
    }

    private func accept(_ value: String, _ parameter: Parameter, _ wrong: inout [String]) -> String? {
        do {
            return try parameter.type.validate(value)
        } catch {
            let kind = parameter.kind == .argument ? "argument " : "option --"
            wrong.append("The \(kind)\(parameter.name) \(error.description)")
            return nil
        }
    }

    /// Defaults of a declared parameter are given by us; a console knows its own.
    private func fallback(of parameter: Parameter) -> [String] {
        definition.syntax == .declared && parameter.kind != .flag ? parameter.fallback.texts : []
    }

    private func problem(ofPlaced value: String) -> String? {
        switch definition.syntax {
        case .words: nil
        case .declared:
            !definition.endsOptions && value.utf8.first == UInt8(ascii: "-")
                ? "must not begin with a dash, which the program would take for an option." : nil
        case .console:
            // Laravel takes the first word that begins so for the name of its environment, wherever it stands, even
            // behind `--`.
            value.utf8.starts(with: "--env".utf8)
                ? "begins with --env, which the application would take for its environment." : nil
        }
    }
}
