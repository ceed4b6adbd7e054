/// Reads `parameters:` of a command.
struct ParameterSettings {
    /// Reads the definition of a command.
    ///
    /// Without the key a command takes nothing. Many programs run another program that one of their options names, such
    /// as `git fetch --upload-pack=PROGRAM`, so any words are accepted only where the operator says so.
    ///
    /// - Parameter context: The directory and environment of the command, for programs that print choices.
    static func read(_ command: ConfigurationSection, in context: ProgramContext) -> CommandDefinition {
        let text = command.isText("parameters") ? command.string("parameters") : nil
        if let text, text != "any" {
            command.problem("expected a list of parameters, or any, found \"\(text)\".", at: "parameters")
        }
        guard command.has("parameters"), text == nil else {
            if command.has("end_of_options") {
                command.problem(
                    "has no effect without declared parameters. Remove it, or declare parameters.",
                    at: "end_of_options")
            }
            return text == "any" ? .anyWords : .undeclared
        }
        let parameters = command.sections("parameters").map { parameter($0, in: context) }
        for (index, parameter) in parameters.enumerated()
        where parameters[..<index].contains(where: { $0.name == parameter.name }) {
            command.problem("two parameters have the name \(parameter.name). Rename one of them.", at: "parameters")
        }
        let passings = parameters.compactMap(\.secretPassing)
        for (index, passing) in passings.enumerated() where passings[..<index].contains(passing) {
            command.problem(
                "two secrets are passed in the same way. Use another variable for one of them.", at: "parameters")
        }
        let arguments = parameters.filter { $0.kind == .argument }
        for (before, after) in zip(arguments, arguments.dropFirst()) {
            if before.isRepeated {
                command.problem(
                    "\(before.name) takes all further arguments, so \(after.name) gets none. Move it to the end.",
                    at: "parameters")
            } else if after.isRequired, !before.isRequired, before.fallback == .null {
                command.problem(
                    "\(after.name) is required, but \(before.name) before it is not. Make both required, or swap them.",
                    at: "parameters")
            }
        }
        return CommandDefinition(
            syntax: .declared, arguments: arguments, options: parameters.filter { $0.kind != .argument },
            endsOptions: command.bool("end_of_options") ?? false)
    }

    private static func parameter(_ section: ConfigurationSection, in context: ProgramContext) -> Parameter {
        section.rename("separate", to: "value_as_separate_argument")
        let name = section.string("name") ?? ""
        let isName =
            name.utf8.first != UInt8(ascii: "-") && !name.isEmpty && name.utf8.count <= 64
            && name.isOfLettersAndDigits(and: "-_")
        if !isName { section.problem("expected a name of 1 to 64 letters, digits, - and _.", at: "name") }
        let types = Dictionary(ParameterTypes.all.map { ($0.name, $0) }) { first, _ in first }
        let spelling = section.string("option")
        if let spelling, !spelling.hasPrefix("-") || spelling.contains("=") {
            section.problem("expected the option as the program spells it, such as --since or -s.", at: "option")
        }
        let type = (section.choice("type", types) ?? TextType.self).init(section, in: context)
        let isSecret = type is SecretType
        let kind: Parameter.Kind =
            type is FlagType ? .flag : spelling == nil && !isSecret ? .argument : .option
        if isSecret {
            for key in ["option", "value_as_separate_argument", "repeated", "default"] where section.has(key) {
                section.problem(
                    "has no effect on a secret, which is given once and never becomes an argument. Remove it.", at: key)
            }
        }
        let fallback = fallback(section)
        for text in fallback.texts where type.isDefaultCheckable {
            do { _ = try type.validate(text) } catch {
                section.problem("the default \(error.description)", at: "default")
            }
        }
        let parameter = Parameter(
            name: name, kind: kind, description: section.string("description") ?? "",
            isRequired: section.bool("required") ?? false, isRepeated: section.bool("repeated") ?? false,
            fallback: kind == .flag ? .truth(false) : fallback, type: type, spelling: spelling,
            valueIsSeparateArgument: section.bool("value_as_separate_argument")
                ?? (kind == .option && spelling.map(isShort) ?? false))
        if parameter.valueIsSeparateArgument, kind != .option {
            section.problem(
                "has an effect only on an option. Remove it, or add option.", at: "value_as_separate_argument")
        }
        if kind == .flag, parameter.isRequired || fallback != .null {
            section.problem("a flag cannot be required and has no default. Remove required and default.")
        }
        if parameter.isRequired, fallback != .null {
            section.problem("has no effect on a required parameter. Remove it, or remove required.", at: "default")
        }
        if !parameter.isRepeated, case .list = fallback {
            section.problem("several values require repeated: true. Add it, or set one value.", at: "default")
        }
        section.finish()
        return parameter
    }

    /// Whether an option has one dash. Then `=` would become part of its value (POSIX, XBD 12.1).
    private static func isShort(_ spelling: String) -> Bool {
        !spelling.utf8.starts(with: "--".utf8)
    }

    private static func fallback(_ section: ConfigurationSection) -> JSONValue {
        guard let texts = section.strings("default"), let first = texts.first else { return .null }
        return texts.count > 1 ? .list(texts.map { .text($0) }) : .text(first)
    }
}
