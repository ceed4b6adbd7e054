/// What every store that speaks SQL needs of a query.
extension HistoryQuery {
    /// Whether no row can meet it: a status that does not exist, or a NUL, which no row holds.
    package var findsNothing: Bool {
        if case .some(.none) = status { return true }
        return [name, text, uuid, user].contains { $0?.utf8.contains(0) ?? false }
    }

    /// What is seen of one command: all of it if the command is among one's own, else one's own.
    package func visibility(of name: String?) -> Visibility {
        guard let name, case .ownAndCommands(let user, let commands) = visibility else { return visibility }
        return commands.containsExactly(name) ? .everything : .own(user)
    }

    /// A LIKE pattern for "contains", with `\` as its escape; what would be a wildcard is an ordinary character.
    package static func pattern(_ text: String) -> String {
        // By scalars, as databases read it: a percent sign and a combining mark behind it are one character in Swift.
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if "%_\\".unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return "%\(escaped)%"
    }
}
