extension ParameterValues {
    /// Values that were given by name.
    ///
    /// - Throws: ``InvalidInputError`` with every name that is not known and every value that is no text.
    init(
        _ arguments: [String: JSONValue], _ options: [String: JSONValue], _ definition: CommandDefinition
    ) throws(InvalidInputError) {
        self.init()
        var problems: [String: [String]] = [:]
        let (arguments, options) = takeFiles(arguments, options, definition, &problems)
        for (name, value) in arguments {
            guard definition.arguments.contains(where: { $0.name.isExactly(name) }) else {
                problems[name] = ["The command has no argument \(name.excerpt)."]
                continue
            }
            switch value {
            case .null: break
            case .list(let items):
                let texts = items.compactMap(\.asArgument)
                if texts.count != items.count { problems[name] = ["The values of \(name) must be texts."] }
                if !texts.isEmpty { self.arguments[name] = texts }
            default:
                if let text = value.asArgument {
                    self.arguments[name] = [text]
                } else {
                    problems[name] = ["The value of \(name) must be a text."]
                }
            }
        }
        for (name, value) in options {
            let known = definition.options + definition.globalOptions
            guard known.contains(where: { $0.name.isExactly(name) }) else {
                problems[name] = ["The option --\(name.excerpt) does not exist."]
                continue
            }
            switch value {
            case .null, .truth(false): break
            case .truth(true): self.options[name] = [nil]
            case .list(let items):
                let texts = items.map { $0 == .truth(true) ? .some(nil) : $0.asArgument.map(Optional.some) }
                let good = texts.compactMap { $0 }
                if good.count != items.count { problems[name] = ["The values of --\(name) must be texts."] }
                if !good.isEmpty { self.options[name] = good }
            default:
                if let text = value.asArgument {
                    self.options[name] = [text]
                } else {
                    problems[name] = ["The value of --\(name) must be a text, or true."]
                }
            }
        }
        guard problems.isEmpty else { throw InvalidInputError(problems) }
    }

    /// Takes the files out of what was given. Their names stay as the values, for the line.
    private mutating func takeFiles(
        _ arguments: [String: JSONValue], _ options: [String: JSONValue], _ definition: CommandDefinition,
        _ problems: inout [String: [String]]
    ) -> (arguments: [String: JSONValue], options: [String: JSONValue]) {
        var (arguments, options) = (arguments, options)
        for parameter in definition.files {
            let isArgument = parameter.kind == .argument
            guard let value = isArgument ? arguments[parameter.name] : options[parameter.name], value != .null else {
                continue
            }
            let items = if case .list(let items) = value { items } else { [value] }
            let files = items.compactMap { Upload($0) }
            if files.count != items.count {
                problems[parameter.name] = [
                    "The file \(parameter.name) must be given as a name and its content in base64."
                ]
            }
            let names = JSONValue.list(files.map { .text($0.clientName) })
            if isArgument { arguments[parameter.name] = names } else { options[parameter.name] = names }
            if !files.isEmpty { uploads[parameter.name] = files }
        }
        return (arguments, options)
    }
}

extension JSONValue {
    /// A scalar as the text of an argument; nil for anything else.
    var asArgument: String? {
        switch self {
        case .text(let text): text
        case .number(let number): Int64(exactly: number).map { String($0) } ?? String(number)
        case .null, .truth, .inexactNumber, .list, .object: nil
        }
    }
}
