/// One of some values, which the configuration lists or a program prints.
package struct ChoiceType: ParameterType {
    package static let name = "choice"
    /// Number of values that an error message lists.
    private static let maxNamed = 20

    /// The program that prints the values; nil if the configuration lists them.
    let program: ChoiceProgram?
    /// The values; nil until the program has answered for the first time.
    let choices: [Choice]?

    package init(_ values: [String]) {
        program = nil
        choices = values.map { Choice($0) }
    }

    package init(from program: ChoiceProgram, _ choices: [Choice]?) {
        self.program = program
        self.choices = choices
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        let values = section.strings("choices") ?? []
        let run = section.strings("choices_from") ?? []
        section.rename("cache", to: "choices_ttl")
        let ttl = section.duration("choices_ttl")
        guard section.has("choices_from") else {
            if values.isEmpty {
                section.problem(
                    "choices is missing. List the values, or name a program that prints them with choices_from.",
                    at: "choices")
            }
            if ttl != nil { section.problem("has no effect without choices_from. Remove it.", at: "choices_ttl") }
            self.init(values)
            return
        }
        if run.first?.isEmpty ?? true {
            section.problem("expected a program and its arguments, such as [git, branch].", at: "choices_from")
        }
        if section.has("choices") { section.problem("set either choices or choices_from, not both.", at: "choices") }
        if let ttl, !(1000...31_536_000_000).contains(ttl) {
            section.problem("expected a duration from 1s to 365d.", at: "choices_ttl")
        }
        self.init(
            from: ChoiceProgram(
                run: run, directory: context.directory, environment: context.environment, ttl: (ttl ?? 60_000) / 1000),
            nil)
    }

    package var isDefaultCheckable: Bool { program == nil }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        guard let choices else {
            throw InvalidValueError(
                "choicesPending", "cannot be checked yet, because its choices are still being loaded. Try again.")
        }
        if choices.contains(where: { $0.value.isExactly(value) }) { return value }
        guard !choices.isEmpty else { throw InvalidValueError("noChoices", "has no choices at the moment.") }
        let more = choices.count - Self.maxNamed
        let named = choices.prefix(Self.maxNamed).map(\.value).joined(separator: ", ")
        if more > 0 {
            throw InvalidValueError(
                "choiceOfMany", "must be one of \(named, as: "choices") or \(more, as: "more") others.")
        }
        throw InvalidValueError("choice", "must be one of \(named, as: "choices").")
    }

    package var facts: [(name: String, value: JSONValue)] {
        let choices = choices ?? []
        var facts: [(name: String, value: JSONValue)] = [("choices", .list(choices.map { .text($0.value) }))]
        if choices.contains(where: { $0.label != nil }) {
            facts.append(("choice_labels", .list(choices.map { .text($0.label ?? $0.value) })))
        }
        if self.choices == nil { facts.append(("choices_pending", .truth(true))) }
        return facts
    }
}
