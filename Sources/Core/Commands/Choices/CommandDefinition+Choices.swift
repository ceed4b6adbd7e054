extension CommandDefinition {
    /// The choice programs of the parameters, without duplicates.
    var choicePrograms: [ChoiceProgram] {
        var programs: [ChoiceProgram] = []
        for parameter in arguments + options {
            if let program = parameter.choiceProgram, !programs.contains(program) { programs.append(program) }
        }
        return programs
    }

    /// Whether a choice program has not succeeded yet.
    var isAwaitingChoices: Bool {
        (arguments + options).contains { ($0.type as? ChoiceType).map { $0.choices == nil } ?? false }
    }

    /// The same definition with the results of the choice programs.
    func withChoices(from file: CatalogueFile) -> CommandDefinition {
        func withChoices(_ parameter: Parameter) -> Parameter {
            guard let program = parameter.choiceProgram else { return parameter }
            var copy = parameter
            copy.type = ChoiceType(from: program, file[program]?.choices)
            return copy
        }
        var copy = self
        copy.arguments = arguments.map(withChoices)
        copy.options = options.map(withChoices)
        return copy
    }
}

extension Parameter {
    /// The program that prints the choices; nil if there is none.
    var choiceProgram: ChoiceProgram? { (type as? ChoiceType)?.program }
}

extension Configuration {
    /// The choice programs of all commands, without duplicates, in the order of the commands' names.
    package var choicePrograms: [ChoiceProgram] {
        var programs: [ChoiceProgram] = []
        for command in commands.allowed.values.sorted(by: { $0.name < $1.name }) {
            programs += command.definition.choicePrograms.filter { !programs.contains($0) }
        }
        return programs
    }
}
