/// Values by the name of the parameter, in the order in which they were given.
struct ParameterValues: Equatable {
    var arguments: [String: [String]] = [:]
    /// Values of options; nil stands for an option without a value.
    var options: [String: [String?]] = [:]
    /// Uploaded files, by the argument or option whose values are their names.
    var uploads: [String: [Upload]] = [:]

    /// Assigns words to the arguments, in order.
    ///
    /// - Throws: ``InvalidInputError`` if there are more words than arguments.
    mutating func assign(_ words: [String], toArgumentsOf definition: CommandDefinition) throws(InvalidInputError) {
        var rest = words[...]
        for argument in definition.arguments {
            guard !rest.isEmpty else { return }
            if argument.isRepeated {
                arguments[argument.name] = Array(rest)
                return
            }
            arguments[argument.name] = [rest.removeFirst()]
        }
        if let extra = rest.first {
            let count = definition.arguments.count
            let limit = count == 0 ? "no arguments" : count == 1 ? "one argument" : "at most \(count) arguments"
            throw InvalidInputError(
                "params",
                Sentence(
                    "argument.surplus", "The command takes \(limit). Remove \"\(extra.excerpt, as: "word")\"."))
        }
    }

    /// The same values, with the defaults of arguments that stand before a given argument. Without them, the given
    /// argument would move to another position.
    func fillingGaps(from validated: ParameterValues, definition: CommandDefinition) -> ParameterValues {
        var filled = self
        guard let last = definition.arguments.lastIndex(where: { arguments[$0.name] != nil }) else { return self }
        for argument in definition.arguments[..<last] where arguments[argument.name] == nil {
            filled.arguments[argument.name] = validated.arguments[argument.name]
        }
        return filled
    }
}
