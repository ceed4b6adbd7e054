import Yams

/// Parses the output of `list --format=json` of a Symfony Console.
///
/// It uses a YAML parser, because the order of the keys of a JSON object is the order of the arguments. A JSON decoder
/// does not preserve it.
enum ConsoleListing {
    /// The commands that are not hidden.
    static func read(_ json: String) throws(ConsoleListingError) -> [ConsoleCommand] {
        let root: Node?
        do {
            root = try compose(yaml: JSONEscapes.withoutSurrogates(object(in: json)))
        } catch {
            throw ConsoleListingError(description: "it did not print JSON, but \"\(json.prefix(80).sanitized)\".")
        }
        guard let entries = root?.mapping?["commands"]?.sequence else {
            throw ConsoleListingError(description: "its output contains no list of commands.")
        }
        let listed = entries.compactMap(ListedCommand.init).filter { !$0.isHidden && !$0.name.isEmpty }
        // An option that every command takes, even `help` and `list`, is global.
        let common = listed.map { Set($0.options.map(\.name)) }.reduce(nil) { all, names in
            all.map { $0.intersection(names) } ?? names
        }
        return listed.map { $0.command(globals: common ?? []) }
    }

    /// Finds the JSON object in the output. PHP prints notices before and after it if `display_errors` is on.
    private static func object(in text: String) -> String {
        let bytes = Array(text.utf8)
        let first = bytes.indices.first { at in
            bytes[at] == UInt8(ascii: "{") && (at == 0 || bytes[at - 1] == UInt8(ascii: "\n"))
        }
        guard let first, let last = bytes.lastIndex(of: UInt8(ascii: "}")),
            first < last
        else { return text }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}

/// A command as the console prints it, with its own and global options in one list.
private struct ListedCommand {
    let name: String
    let isHidden: Bool
    let options: [Parameter]
    private let node: Node.Mapping
    private let arguments: [Parameter]

    init?(_ node: Node) {
        guard let mapping = node.mapping, let name = mapping["name"]?.scalar?.string else { return nil }
        self.node = mapping
        self.name = name
        isHidden = mapping["hidden"]?.bool ?? false
        let definition = mapping["definition"]?.mapping
        arguments = (definition?["arguments"]?.mapping).map { $0.compactMap { Self.argument($0.value) } } ?? []
        options = (definition?["options"]?.mapping).map { $0.compactMap { Self.option($0.value) } } ?? []
    }

    func command(globals: Set<String>) -> ConsoleCommand {
        let description = text("description")
        let help = text("help")
        return ConsoleCommand(
            name: name, description: description,
            // A command without help prints its description as help.
            help: help == description ? "" : help,
            usage: node["usage"]?.sequence?.first?.scalar?.string ?? name,
            arguments: arguments, options: options.filter { !globals.contains($0.name) },
            globalOptions: options.filter { globals.contains($0.name) })
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
