extension ParameterType {
    /// So many values are named to a person who gave none of them.
    private static let shown = 20

    static func checkChoice(_ value: String, _ choices: some Collection<String>) throws(Misfit) {
        guard !choices.contains(where: { $0.isExactly(value) }) else { return }
        guard !choices.isEmpty else { throw Misfit(description: "cannot be given: there is nothing to choose now.") }
        let more = choices.count - shown
        let named = choices.prefix(shown).joined(separator: ", ") + (more > 0 ? " or \(more) others" : "")
        throw Misfit(description: "must be one of \(named).")
    }

    static func checkListed(_ value: String, _ choices: [Choice]?) throws(Misfit) {
        guard let choices else {
            throw Misfit(
                description: "cannot be checked: what there is to choose is not known yet. Try again in a moment.")
        }
        try checkChoice(value, choices.lazy.map(\.value))
    }
}
