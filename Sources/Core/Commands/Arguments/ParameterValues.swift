/// Values by parameter, in the order in which they were given, whatever form they came in.
struct ParameterValues: Equatable {
    /// Of arguments.
    var arguments: [String: [String]] = [:]
    /// Of options; nil stands for an option without a value.
    var options: [String: [String?]] = [:]
    /// Files, by the argument or option that has their names for values.
    var uploads: [String: [Upload]] = [:]

    /// Words that stand by their place, given to the arguments in order.
    ///
    /// - Throws: ``InvalidInputError`` for the first that has no place.
    mutating func place(_ words: [String], _ definition: CommandDefinition) throws(InvalidInputError) {
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
            let most = definition.arguments.count
            throw InvalidInputError(
                "params",
                most == 0
                    ? "The command takes no arguments, but \"\(extra.excerpt)\" was given."
                    : "The command takes \(most) argument\(most == 1 ? "" : "s") at the most; \"\(extra.excerpt)\" is one too many."
            )
        }
    }
}

extension ParameterValues {
    /// The same, with the values that arguments have by default where others behind them were given: by their place
    /// alone those would move up.
    func withoutGaps(_ definition: CommandDefinition, _ accepted: ParameterValues) -> ParameterValues {
        var filled = self
        guard let last = definition.arguments.lastIndex(where: { arguments[$0.name] != nil }) else { return self }
        for argument in definition.arguments[..<last] where arguments[argument.name] == nil {
            filled.arguments[argument.name] = accepted.arguments[argument.name]
        }
        return filled
    }
}
