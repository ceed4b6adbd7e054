extension CommandDefinition {
    /// The programs that say what there is to choose, each once.
    var choicePrograms: [ChoiceProgram] {
        var programs: [ChoiceProgram] = []
        for case .listed(let program, _) in (arguments + options).map(\.type) where !programs.contains(program) {
            programs.append(program)
        }
        return programs
    }

    /// Whether a program has yet to say what there is to choose.
    var isAwaitingChoices: Bool {
        (arguments + options).contains { if case .listed(_, nil) = $0.type { true } else { false } }
    }

    /// The same with what the programs have answered.
    func filled(from cache: CatalogueCache) -> CommandDefinition {
        func fill(_ parameter: Parameter) -> Parameter {
            guard case .listed(let program, _) = parameter.type else { return parameter }
            var filled = parameter
            filled.type = .listed(program, cache[program]?.choices)
            return filled
        }
        var filled = self
        filled.arguments = arguments.map(fill)
        filled.options = options.map(fill)
        return filled
    }
}

extension Configuration {
    /// The programs that say what there is to choose for some command, each once, in the order of the commands' names.
    public var choicePrograms: [ChoiceProgram] {
        var programs: [ChoiceProgram] = []
        for command in commands.allowed.values.sorted(by: { $0.name < $1.name }) {
            programs += command.definition.choicePrograms.filter { !programs.contains($0) }
        }
        return programs
    }
}
