/// Values as words, so that none can be read as an option.
struct ArgvBuilder {
    private let definition: CommandDefinition

    init(_ definition: CommandDefinition) {
        self.definition = definition
    }

    /// The words that a person could have typed: options by their names, each value behind `=`, arguments behind `--`
    /// where one of them begins with a dash. A secret is its name alone.
    func line(_ values: ParameterValues) -> [String] {
        words(values, endsOptions: false) { option, value in
            let shown = option.secretPassing == nil ? value : nil
            return [shown.map { "--\(option.name)=\($0)" } ?? "--\(option.name)"]
        }
    }

    /// The words that the program gets, options as it spells them.
    func argv(_ values: ParameterValues) -> [String] {
        words(values, endsOptions: definition.endsOptions) { option, value in
            guard option.secretPassing == nil else { return [] }
            let spelling = option.spelling ?? "--\(option.name)"
            guard let value else { return [spelling] }
            return option.valueIsSeparateArgument ? [spelling, value] : ["\(spelling)=\(value)"]
        }
    }

    private func words(
        _ values: ParameterValues, endsOptions: Bool, _ spell: (Parameter, String?) -> [String]
    ) -> [String] {
        var words: [String] = []
        for option in definition.options + definition.globalOptions {
            for value in values.options[option.name] ?? [] { words += spell(option, value) }
        }
        let placed = definition.arguments.flatMap { values.arguments[$0.name] ?? [] }
        let guarded = definition.syntax != .words && placed.contains { $0.utf8.first == UInt8(ascii: "-") }
        if !placed.isEmpty, endsOptions || guarded { words.append("--") }
        return words + placed
    }
}
