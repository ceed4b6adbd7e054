/// What a person gives with a command.
public enum Input: Sendable, Equatable {
    /// One line, quoted as in a shell.
    case line(String)
    /// Values by name: texts, lists of texts, and for options `true`.
    case fields(arguments: [String: JSONValue], options: [String: JSONValue])

    /// What the audit keeps of an attempt that was refused.
    var shown: String {
        switch self {
        case .line(let line): return line
        case .fields(let arguments, let options):
            let named = options.sorted { $0.key < $1.key }.map { name, value in
                ["--" + name] + value.texts.map { "=" + $0 }
            }
            let placed = arguments.sorted { $0.key < $1.key }.flatMap(\.value.texts)
            return (named.map { $0.joined() } + placed).map(ArgumentLine.quote).joined(separator: " ")
        }
    }
}
