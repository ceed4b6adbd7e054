/// What a person gives with a command. It may hold secrets, so neither a description nor a reflection shows what it is.
package enum Input: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// One line, quoted as in a shell.
    case line(String)
    /// Values by name: texts, lists of texts, and for options `true`.
    case fields(arguments: [String: JSONValue], options: [String: JSONValue])

    /// Not what was given.
    package var description: String { "(input)" }
    /// Not what was given.
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// What was given, as one line.
    var shown: String {
        switch self {
        case .line(let line): return line
        case .fields(let arguments, let options):
            let named = options.sorted { $0.key < $1.key }.map { name, value in
                ["--" + name] + value.shown.map { "=" + $0 }
            }
            let placed = arguments.sorted { $0.key < $1.key }.flatMap(\.value.shown)
            return (named.map { $0.joined() } + placed).map(ShellWords.quote).joined(separator: " ")
        }
    }

    /// What the audit keeps of an attempt that was refused.
    ///
    /// Of a command that takes secrets the names of its parameters alone: a secret may stand where none belongs. Of
    /// what was given to a command that is not there nothing, if by name or where some command takes secrets: its name
    /// may be another's, misspelt.
    ///
    /// - Parameters:
    ///   - definition: What the command takes; nil: there is none of that name.
    ///   - someTakeSecrets: Whether any command does.
    func kept(for definition: CommandDefinition?, someTakeSecrets: Bool) -> String {
        guard definition?.secrets.isEmpty ?? false else {
            switch self {
            case .line where definition == nil: return someTakeSecrets ? "" : shown
            case .line(let line):
                let words = (try? ShellWords.split(line)) ?? []
                return Self.names(
                    words.filter { $0.utf8.starts(with: "--".utf8) }.map { String($0.unicodeScalars.dropFirst(2)) },
                    definition)
            case .fields(let arguments, let options):
                return Self.names(Array(arguments.keys) + Array(options.keys), definition)
            }
        }
        return shown
    }

    /// Those that are names of parameters, as options without values.
    private static func names(_ given: [String], _ definition: CommandDefinition?) -> String {
        guard let definition else { return "" }
        let known = definition.arguments + definition.options
        return known.map(\.name).filter { name in
            given.contains { $0.isExactly(name) || $0.utf8.starts(with: "\(name)=".utf8) }
        }.map { "--" + $0 }.joined(separator: " ")
    }

    /// Number of characters, without those of secrets.
    func length(_ definition: CommandDefinition) -> Int {
        guard case .fields(let arguments, var options) = self, !definition.secrets.isEmpty else {
            return shown.unicodeScalars.count
        }
        for secret in definition.secrets { options[secret.name] = nil }
        return Input.fields(arguments: arguments, options: options).shown.unicodeScalars.count
    }
}

extension JSONValue {
    /// What is told of it where it was refused; of objects nothing.
    fileprivate var shown: [String] {
        switch self {
        case .list(let items): items.flatMap(\.shown)
        case .number(let number), .inexactNumber(let number): [asArgument ?? "\(number)"]
        default: texts
        }
    }
}
