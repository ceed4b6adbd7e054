extension ParameterValues {
    /// Values that were given by name.
    ///
    /// - Throws: ``InvalidInputError`` with every unknown name and every value that is not text.
    init(
        arguments: [String: JSONValue], options: [String: JSONValue], definition: CommandDefinition
    ) throws(InvalidInputError) {
        self.init()
        var problems: [String: [Sentence]] = [:]
        var (arguments, options) = (arguments, options)
        for parameter in definition.files {
            if parameter.kind == .argument {
                extractUploads(of: parameter, from: &arguments, problems: &problems)
            } else {
                extractUploads(of: parameter, from: &options, problems: &problems)
            }
        }
        for (name, value) in arguments {
            guard definition.arguments.contains(where: { $0.name.isExactly(name) }) else {
                problems[name] = [
                    Sentence("argument.unknown", "The command has no argument \(name.excerpt, as: "argument").")
                ]
                continue
            }
            switch value {
            case .null: break
            case .list(let items):
                let texts = items.compactMap(\.asArgument)
                if texts.count != items.count { problems[name] = [Self.noText(name)] }
                if !texts.isEmpty { self.arguments[name] = texts }
            default:
                if let text = value.asArgument {
                    self.arguments[name] = [text]
                } else {
                    problems[name] = [Self.noText(name)]
                }
            }
        }
        for (name, value) in options {
            let known = definition.options + definition.globalOptions
            guard known.contains(where: { $0.name.isExactly(name) }) else {
                problems[name] = [Self.unknownOption("--\(name.excerpt)")]
                continue
            }
            switch value {
            case .null, .truth(false): break
            case .truth(true): self.options[name] = [nil]
            case .list(let items):
                let texts = items.map { $0 == .truth(true) ? .some(nil) : $0.asArgument.map(Optional.some) }
                let valid = texts.compactMap { $0 }
                if valid.count != items.count { problems[name] = [Self.noText("--\(name)")] }
                if !valid.isEmpty { self.options[name] = valid }
            default:
                if let text = value.asArgument {
                    self.options[name] = [text]
                } else {
                    problems[name] = [Self.noText("--\(name)")]
                }
            }
        }
        guard problems.isEmpty else { throw InvalidInputError(problems) }
    }

    /// The sentence about an option that the command does not have.
    static func unknownOption(_ option: String) -> Sentence {
        Sentence("option.unknown", "The option \(option, as: "option") does not exist.")
    }

    private static func noText(_ name: String) -> Sentence {
        Sentence("input.text", "Each value of \(name, as: "parameter") must be a text.")
    }

    /// Moves the files of a parameter from its value to ``uploads``. Their names become the value.
    private mutating func extractUploads(
        of parameter: Parameter, from values: inout [String: JSONValue], problems: inout [String: [Sentence]]
    ) {
        guard let value = values[parameter.name], value != .null else { return }
        let items = if case .list(let items) = value { items } else { [value] }
        let files = items.compactMap { Upload($0) }
        if files.count != items.count {
            problems[parameter.name] = [
                Sentence(
                    "file.form",
                    "The file \(parameter.name, as: "name") must be given as a name and its content in base64.")
            ]
        }
        values[parameter.name] = .list(files.map { .text($0.clientName) })
        if !files.isEmpty { uploads[parameter.name] = files }
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
