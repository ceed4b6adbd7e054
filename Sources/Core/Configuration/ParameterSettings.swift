/// Reads `parameters:` of a command.
struct ParameterSettings {
    private static let types = [
        "text", "integer", "decimal", "choice", "date", "time", "path", "email", "host", "json", "flag", "secret",
        "file",
    ]

    /// Where a command's programs run.
    struct Place {
        let directory: String
        let environment: [String: String]
    }

    /// The definition of a command with declared parameters; nil if it declares none.
    ///
    /// - Parameter place: Where programs that list choices run: the command's own directory and environment.
    static func read(_ command: ConfigurationSection, _ place: Place) -> CommandDefinition? {
        guard command.has("parameters") else {
            if command.has("end_of_options") {
                command.problem(
                    "end_of_options needs parameters: without them all words are passed on.", at: "end_of_options")
            }
            return nil
        }
        let parameters = command.sections("parameters").map { parameter($0, place) }
        for (index, one) in parameters.enumerated() where parameters[..<index].contains(where: { $0.name == one.name })
        {
            command.problem("two parameters are called \(one.name).", at: "parameters")
        }
        let passings = parameters.compactMap(\.type.secretPassing)
        for (index, passing) in passings.enumerated() where passings[..<index].contains(passing) {
            command.problem("two secrets go the same way, so one would hide the other.", at: "parameters")
        }
        let arguments = parameters.filter { $0.kind == .argument }
        for (before, after) in zip(arguments, arguments.dropFirst()) {
            if before.isRepeated {
                command.problem(
                    "\(before.name) takes all further arguments, so \(after.name) gets none.", at: "parameters")
            } else if after.isRequired, !before.isRequired, before.fallback == .null {
                command.problem(
                    "\(after.name) is required, but \(before.name) in front of it is not.", at: "parameters")
            }
        }
        return CommandDefinition(
            syntax: .declared, arguments: arguments, options: parameters.filter { $0.kind != .argument },
            endsOptions: command.bool("end_of_options") ?? false)
    }

    private static func parameter(_ section: ConfigurationSection, _ place: Place) -> Parameter {
        let name = section.string("name") ?? ""
        let isName =
            name.utf8.first != UInt8(ascii: "-") && !name.isEmpty && name.utf8.count <= 64
            && name.isOfLettersAndDigits(and: "-_")
        if !isName { section.problem("a parameter's name is 1 to 64 letters, digits, - and _.", at: "name") }
        let names = Dictionary(types.map { ($0, $0) }) { first, _ in first }
        let typeName = section.choice("type", names) ?? "text"
        let spelling = section.string("option")
        if let spelling, !spelling.hasPrefix("-") || spelling.contains("=") {
            section.problem("expected the option as the program spells it, such as --since or -s.", at: "option")
        }
        let type = type(typeName, section, place)
        let isSecret = type.secretPassing != nil
        let kind: Parameter.Kind =
            typeName == "flag" ? .flag : spelling == nil && !isSecret ? .argument : .option
        if isSecret {
            for key in ["option", "separate", "repeated", "default"] where section.has(key) {
                section.problem("a secret is given once, by its name, and never becomes an argument.", at: key)
            }
        }
        let fallback = fallback(section)
        for text in fallback.texts {
            switch type {
            // What is there, or what a program says, may be another thing at another time.
            case .path, .listed: continue
            default: break
            }
            do { _ = try type.accept(text) } catch {
                section.problem("the default \(error.description)", at: "default")
            }
        }
        let parameter = Parameter(
            name: name, kind: kind, description: section.string("description") ?? "",
            isRequired: section.bool("required") ?? false, isRepeated: section.bool("repeated") ?? false,
            fallback: kind == .flag ? .truth(false) : fallback, type: type, spelling: spelling,
            isSeparate: section.bool("separate") ?? (kind == .option && spelling.map(isShort) ?? false))
        if parameter.isSeparate, kind != .option {
            section.problem("only an option has its value as a word of its own.", at: "separate")
        }
        if kind == .flag, parameter.isRequired || fallback != .null {
            section.problem("a flag is given or not: it has no default and is not required.")
        }
        if parameter.isRequired, fallback != .null {
            section.problem("what has a default is not required.", at: "default")
        }
        if !parameter.isRepeated, case .list = fallback {
            section.problem("several values need repeated: true.", at: "default")
        }
        section.finish()
        return parameter
    }

    /// With one dash, `=` would become part of the value: POSIX, XBD 12.1.
    private static func isShort(_ spelling: String) -> Bool {
        !spelling.utf8.starts(with: "--".utf8)
    }

    private static func choice(_ section: ConfigurationSection, _ place: Place) -> ParameterType {
        let choices = section.strings("choices") ?? []
        let run = section.strings("choices_from") ?? []
        let age = section.duration("cache")
        guard section.has("choices_from") else {
            if choices.isEmpty {
                section.problem(
                    "choices is missing: the values to choose from, or choices_from: a program that prints them.",
                    at: "choices")
            }
            if age != nil { section.problem("only what choices_from prints is kept.", at: "cache") }
            return .choice(choices)
        }
        if run.first?.isEmpty ?? true {
            section.problem("expected a program and its arguments, such as [git, branch].", at: "choices_from")
        }
        if section.has("choices") { section.problem("give either choices or choices_from.", at: "choices") }
        if let age, !(1000...31_536_000_000).contains(age) {
            section.problem("expected from a second to 365 days.", at: "cache")
        }
        return .listed(
            ChoiceProgram(
                run: run, directory: place.directory, environment: place.environment, goodFor: (age ?? 60_000) / 1000),
            nil)
    }

    private static func fallback(_ section: ConfigurationSection) -> JSONValue {
        guard let texts = section.strings("default"), let first = texts.first else { return .null }
        return texts.count > 1 ? .list(texts.map { .text($0) }) : .text(first)
    }

    private static func type(_ name: String, _ section: ConfigurationSection, _ place: Place) -> ParameterType {
        switch name {
        case "integer":
            let (min, max) = (section.integer("min", in: .min ... .max), section.integer("max", in: .min ... .max))
            if let min, let max, min > max { section.problem("is greater than max.", at: "min") }
            return .integer(min: min.map { Int64($0) }, max: max.map { Int64($0) })
        case "decimal":
            let (min, max) = (section.decimal("min"), section.decimal("max"))
            if let min, let max, min > max { section.problem("is greater than max.", at: "min") }
            return .decimal(min: min, max: max)
        case "choice": return choice(section, place)
        case "date": return .date
        case "time": return .time
        case "email": return .email
        case "host": return .host
        case "json": return .json
        case "flag": return .any
        case "file":
            if section.has("default") { section.problem("a file has no default.", at: "default") }
            return section.readFileType()
        case "secret":
            return .secret(section.readSecretPassing(), isMultiline: section.bool("multiline") ?? false)
        case "path":
            let below = section.absolutePath("below")
            if below == nil {
                section.problem("below is missing: the directory that holds what may be named.", at: "below")
            }
            return .path(below: below ?? "/", mustExist: section.bool("must_exist") ?? true)
        default:
            let pattern = section.string("pattern")
            if let pattern, TextPattern(pattern) == nil {
                section.problem("is no regular expression.", at: "pattern")
            }
            return .text(
                pattern: pattern, maxLength: section.integer("max_length", in: 1...1_000_000),
                isMultiline: section.bool("multiline") ?? false)
        }
    }
}
