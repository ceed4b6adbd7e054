/// Builds the words of a command from values, so that no value can be read as an option.
struct ArgvBuilder {
    private let definition: CommandDefinition

    init(_ definition: CommandDefinition) {
        self.definition = definition
    }

    /// The words that a person could type: options by name, each value after `=`. `--` precedes the arguments if one of
    /// them begins with a dash. A secret is represented by its name only.
    func typedWords(for values: ParameterValues) -> [String] {
        words(for: values, endsOptions: false) { option, value in
            let visible = option.secretPassing == nil ? value : nil
            return [visible.map { "--\(option.name)=\($0)" } ?? "--\(option.name)"]
        }
    }

    /// The words that the program gets. Options have the program's own spelling.
    func argv(for values: ParameterValues) -> [String] {
        words(for: values, endsOptions: definition.endsOptions) { option, value in
            guard option.secretPassing == nil else { return [] }
            let spelling = option.spelling ?? "--\(option.name)"
            guard let value else { return [spelling] }
            return option.valueIsSeparateArgument ? [spelling, value] : ["\(spelling)=\(value)"]
        }
    }

    private func words(
        for values: ParameterValues, endsOptions: Bool, spelling spell: (Parameter, String?) -> [String]
    ) -> [String] {
        var words: [String] = []
        for option in definition.options + definition.globalOptions {
            for value in values.options[option.name] ?? [] { words += spell(option, value) }
        }
        let arguments = definition.arguments.flatMap { values.arguments[$0.name] ?? [] }
        let beginsWithDash = arguments.contains { $0.utf8.first == UInt8(ascii: "-") }
        let needsGuard = definition.syntax != .words && beginsWithDash
        if !arguments.isEmpty, endsOptions || needsGuard { words.append("--") }
        return words + arguments
    }
}
