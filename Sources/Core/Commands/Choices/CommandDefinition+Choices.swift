extension CommandDefinition {
    /// The programs that say what there is to choose, each once.
    var choicePrograms: [ChoiceProgram] {
        var programs: [ChoiceProgram] = []
        for parameter in arguments + options {
            if let program = parameter.choiceProgram, !programs.contains(program) { programs.append(program) }
        }
        return programs
    }

    /// Whether a program has yet to say what there is to choose.
    var isAwaitingChoices: Bool {
        (arguments + options).contains { ($0.type as? ChoiceType).map { $0.choices == nil } ?? false }
    }

    /// The same with what the programs have answered.
    func filled(from cache: CatalogueCache) -> CommandDefinition {
        func fill(_ parameter: Parameter) -> Parameter {
            guard let program = parameter.choiceProgram else { return parameter }
            var filled = parameter
            filled.type = ChoiceType(from: program, cache[program]?.choices)
            return filled
        }
        var filled = self
        filled.arguments = arguments.map(fill)
        filled.options = options.map(fill)
        return filled
    }
}

extension Parameter {
    /// The program that prints its choices; nil if there is none.
    var choiceProgram: ChoiceProgram? { (type as? ChoiceType)?.program }
}

extension Configuration {
    /// The programs that say what there is to choose for some command, each once, in the order of the commands' names.
    package var choicePrograms: [ChoiceProgram] {
        var programs: [ChoiceProgram] = []
        for command in commands.allowed.values.sorted(by: { $0.name < $1.name }) {
            programs += command.definition.choicePrograms.filter { !programs.contains($0) }
        }
        return programs
    }
}
