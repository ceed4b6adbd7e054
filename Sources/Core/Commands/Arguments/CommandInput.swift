/// The parameters that a person gives with a command.
///
/// They may contain secrets, so neither the description nor reflection shows them.
package enum CommandInput: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// One line, quoted as in a shell.
    case line(String)
    /// Values by name: texts, lists of texts, and `true` for options without a value.
    case fields(arguments: [String: JSONValue], options: [String: JSONValue])

    package var description: String { "(input)" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The input as one line.
    var asLine: String {
        switch self {
        case .line(let line): return line
        case .fields(let arguments, let options):
            let optionWords = options.sorted { $0.key < $1.key }.map { name, value in
                (["--" + name] + value.words.map { "=" + $0 }).joined()
            }
            let argumentWords = arguments.sorted { $0.key < $1.key }.flatMap(\.value.words)
            return (optionWords + argumentWords).map(ShellWords.quote).joined(separator: " ")
        }
    }

    /// The text that the audit stores for a refused attempt.
    ///
    /// If the command takes secrets, it is only the names of the given parameters, because a secret may be in the wrong
    /// place. If the command does not exist, its name may be a misspelling of a command that takes secrets. Then input
    /// by name is not stored, and a line is stored only if no command takes secrets.
    ///
    /// - Parameters:
    ///   - definition: The command's definition; nil if the command does not exist.
    ///   - someTakeSecrets: Whether any command takes secrets.
    func auditText(for definition: CommandDefinition?, someTakeSecrets: Bool) -> String {
        if let definition, definition.secrets.isEmpty { return asLine }
        switch self {
        case .line where definition == nil: return someTakeSecrets ? "" : asLine
        case .line(let line):
            let words = (try? ShellWords.split(line)) ?? []
            let options = words.filter { $0.utf8.starts(with: "--".utf8) }
            return Self.names(in: options.map { String($0.unicodeScalars.dropFirst(2)) }, of: definition)
        case .fields(let arguments, let options):
            return Self.names(in: Array(arguments.keys) + Array(options.keys), of: definition)
        }
    }

    /// The given names that are names of parameters, as options without values.
    private static func names(in given: [String], of definition: CommandDefinition?) -> String {
        guard let definition else { return "" }
        let known = definition.arguments + definition.options
        return known.map(\.name).filter { name in
            given.contains { $0.isExactly(name) || $0.utf8.starts(with: "\(name)=".utf8) }
        }.map { "--" + $0 }.joined(separator: " ")
    }

    /// Number of characters, without those of secrets.
    func length(for definition: CommandDefinition) -> Int {
        guard case .fields(let arguments, var options) = self, !definition.secrets.isEmpty else {
            return asLine.unicodeScalars.count
        }
        for secret in definition.secrets { options[secret.name] = nil }
        return CommandInput.fields(arguments: arguments, options: options).asLine.unicodeScalars.count
    }
}

extension JSONValue {
    /// The texts that the audit shows of a value. Objects are not shown.
    fileprivate var words: [String] {
        switch self {
        case .list(let items): items.flatMap(\.words)
        case .number(let number), .inexactNumber(let number): [asArgument ?? "\(number)"]
        default: texts
        }
    }
}

/// Invalid parameters.
package struct InvalidInputError: Error, Equatable, CustomStringConvertible {
    /// Sentences by the name of the parameter; `params` for the line as a whole. Never empty.
    package let sentences: [String: [Sentence]]

    init(_ field: String, _ problem: Sentence) {
        sentences = [field: [problem]]
    }

    init(_ sentences: [String: [Sentence]]) {
        self.sentences = sentences
    }

    /// The English sentences.
    package var fields: [String: [String]] {
        sentences.mapValues { $0.map(\.description) }
    }

    /// All sentences.
    package var description: String {
        fields.sorted { $0.key < $1.key }.flatMap(\.value).joined(separator: " ")
    }
}
