import Yams

/// Parses the output of `list --format=json` and `help --format=json` of a Symfony Console.
///
/// It uses a YAML parser, because the order of the keys of a JSON object is the order of the arguments. A JSON decoder
/// does not preserve it.
enum ConsoleListing {
    /// The commands that are not hidden.
    static func read(_ output: String) throws(ConsoleListingError) -> [ConsoleCommand] {
        let objects = try parse(output)
        let lists = objects.compactMap { $0["commands"]?.sequence?.compactMap(ListedCommand.init) }
        // A log line that is JSON may have a member `commands`, too.
        guard let listed = lists.max(by: { $0.count < $1.count }), !listed.isEmpty else {
            throw ConsoleListingError(description: "its output contains no list of commands.")
        }
        return commands(listed)
    }

    /// The command that `help --format=json` describes; nil if the output contains none.
    static func readHelp(_ output: String) -> ListedCommand? {
        ((try? parse(output)) ?? []).filter { $0["definition"] != nil }.compactMap { ListedCommand($0) }.first
    }

    /// The commands that are not hidden, with their global options.
    static func commands(_ listed: [ListedCommand]) -> [ConsoleCommand] {
        let visible = listed.filter { !$0.isHidden && !$0.name.isEmpty }
        let globals = GlobalOptions.find(in: visible)
        return visible.map { $0.command(globals: globals) }
    }

    /// The names in the output of `list --raw`: the first word of each line that is not indented.
    static func readNames(_ output: String) -> [String] {
        output.split(whereSeparator: \.isNewline).compactMap { line in
            let name = line.prefix { $0 != " " }
            guard let first = name.unicodeScalars.first, first.properties.isAlphabetic || first == "_",
                name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
            return String(name)
        }
    }

    private static func parse(_ output: String) throws(ConsoleListingError) -> [Node.Mapping] {
        let objects = EmbeddedJSON.objects(in: output)
        guard !objects.isEmpty else {
            let printed = output.trimmingWhitespace
            throw ConsoleListingError(
                description: printed.isEmpty
                    ? "it printed nothing." : "it did not print JSON, but \"\(printed.prefix(80).sanitized)\".")
        }
        return objects.compactMap { try? Node.parsed(JSONEscapes.withoutSurrogates($0))?.mapping }
    }
}

/// A command as the console prints it, with its own and global options in one list.
struct ListedCommand {
    let name: String
    let isHidden: Bool
    let options: [Parameter]
    private let node: Node.Mapping
    private let arguments: [Parameter]

    fileprivate init?(_ node: Node) {
        guard let mapping = node.mapping else { return nil }
        self.init(mapping)
    }

    fileprivate init?(_ mapping: Node.Mapping) {
        guard let name = mapping["name"]?.scalar?.string else { return nil }
        self.node = mapping
        self.name = name
        isHidden = mapping["hidden"]?.bool ?? false
        let definition = mapping["definition"]?.mapping
        arguments = (definition?["arguments"]?.mapping).map { $0.compactMap { Self.argument($0.value) } } ?? []
        options = (definition?["options"]?.mapping).map { $0.compactMap { Self.option($0.value) } } ?? []
    }

    /// - Parameter globals: The options of every command. A command may not list them all, but accepts them.
    fileprivate func command(globals: [Parameter]) -> ConsoleCommand {
        let names = Set(globals.map(\.name))
        let description = text("description")
        let help = text("help")
        return ConsoleCommand(
            name: name, description: description,
            // A command without help prints its description as help.
            help: help == description ? "" : help,
            usage: node["usage"]?.sequence?.first?.scalar?.string ?? name,
            arguments: arguments, options: options.filter { !names.contains($0.name) }, globalOptions: globals)
    }

    private func text(_ key: String) -> String {
        ConsoleMarkup.plain(node[key]?.scalar?.string ?? "")
    }

    private static func argument(_ node: Node) -> Parameter? {
        guard let fields = node.mapping, let name = fields["name"]?.scalar?.string, !name.isEmpty else { return nil }
        return Parameter(
            name: name, kind: .argument, description: description(fields),
            isRequired: fields["is_required"]?.bool ?? false, isRepeated: fields["is_array"]?.bool ?? false,
            fallback: JSONValue(fields["default"]))
    }

    private static func option(_ node: Node) -> Parameter? {
        guard let fields = node.mapping, let name = fields["name"]?.scalar?.string, name.hasPrefix("--"),
            name.utf8.count > 2
        else { return nil }
        let takesValue = fields["accept_value"]?.bool ?? false
        let shortcuts = (fields["shortcut"]?.scalar?.string ?? "").split(separator: "|")
        return Parameter(
            name: String(name.dropFirst(2)), kind: takesValue ? .option : .flag,
            shortcuts: shortcuts.map { String($0.drop { $0 == "-" }) }.filter { !$0.isEmpty },
            description: description(fields), isRepeated: fields["is_multiple"]?.bool ?? false,
            isValueOptional: takesValue && !(fields["is_value_required"]?.bool ?? false),
            fallback: JSONValue(fields["default"]))
    }

    private static func description(_ fields: Node.Mapping) -> String {
        ConsoleMarkup.plain(fields["description"]?.scalar?.string ?? "")
    }
}

extension JSONValue {
    /// Converts a node of a JSON document that the YAML parser has read.
    fileprivate init(_ node: Node?) {
        guard let node else {
            self = .null
            return
        }
        if let scalar = node.scalar {
            if scalar.style == .doubleQuoted {
                self = .text(scalar.string)
            } else {
                self =
                    switch scalar.string {
                    case "true": .truth(true)
                    case "false": .truth(false)
                    case "null": .null
                    default: Double(scalar.string).map { .number($0) } ?? .text(scalar.string)
                    }
            }
        } else if let items = node.sequence {
            self = .list(items.map { JSONValue($0) })
        } else {
            let pairs = (node.mapping ?? [:]).compactMap { key, value in
                key.scalar.map { ($0.string, JSONValue(value)) }
            }
            self = .object(Dictionary(pairs) { first, _ in first })
        }
    }
}

/// The output of a console is not a list of commands.
struct ConsoleListingError: Error, Equatable, CustomStringConvertible {
    let description: String
}
