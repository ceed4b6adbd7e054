/// A parameter of a command: an argument, an option, or a flag.
package struct Parameter: Sendable {
    /// The name, without dashes.
    package let name: String
    package let kind: Kind
    /// Short forms, without dashes.
    package let shortcuts: [String]
    /// One sentence.
    package let description: String
    package let isRequired: Bool
    /// Whether it may be given more than once.
    package let isRepeated: Bool
    /// Whether the option may be given without a value.
    package let isValueOptional: Bool
    /// The default.
    package let fallback: JSONValue
    /// The type that checks the values.
    package internal(set) var type: any ParameterType
    /// The program's spelling of the option, such as `-s`; nil for two dashes and the name.
    package let spelling: String?
    /// Whether the value of the option is a separate argument: `--since 2026-12-31` instead of `--since=2026-12-31`.
    package let valueIsSeparateArgument: Bool

    package enum Kind: String, Sendable, Codable {
        /// Known by its position.
        case argument
        /// `--name=value`.
        case option
        /// `--name`.
        case flag
    }

    package init(
        name: String, kind: Kind, shortcuts: [String] = [], description: String = "", isRequired: Bool = false,
        isRepeated: Bool = false, isValueOptional: Bool = false, fallback: JSONValue = .null,
        type: any ParameterType = AnyType(), spelling: String? = nil, valueIsSeparateArgument: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.shortcuts = shortcuts
        self.description = description
        self.isRequired = isRequired
        self.isRepeated = isRepeated
        self.isValueOptional = isValueOptional
        self.fallback = fallback
        self.type = type
        self.spelling = spelling
        self.valueIsSeparateArgument = valueIsSeparateArgument
    }
}

extension Parameter: Equatable {
    package static func == (one: Parameter, other: Parameter) -> Bool {
        one.name == other.name && one.kind == other.kind && one.shortcuts == other.shortcuts
            && one.description == other.description && one.isRequired == other.isRequired
            && one.isRepeated == other.isRepeated && one.isValueOptional == other.isValueOptional
            && one.fallback == other.fallback && one.type.isEqual(to: other.type) && one.spelling == other.spelling
            && one.valueIsSeparateArgument == other.valueIsSeparateArgument
    }
}

/// The catalogue stores parameters of consoles. They take any value, and their options have no spelling of their own.
extension Parameter: Codable {
    private enum CodingKeys: CodingKey {
        case name, kind, shortcuts, description, isRequired, isRepeated, isValueOptional, fallback
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try values.decode(String.self, forKey: .name), kind: try values.decode(Kind.self, forKey: .kind),
            shortcuts: try values.decode([String].self, forKey: .shortcuts),
            description: try values.decode(String.self, forKey: .description),
            isRequired: try values.decode(Bool.self, forKey: .isRequired),
            isRepeated: try values.decode(Bool.self, forKey: .isRepeated),
            isValueOptional: try values.decode(Bool.self, forKey: .isValueOptional),
            fallback: try values.decode(JSONValue.self, forKey: .fallback))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(kind, forKey: .kind)
        try values.encode(shortcuts, forKey: .shortcuts)
        try values.encode(description, forKey: .description)
        try values.encode(isRequired, forKey: .isRequired)
        try values.encode(isRepeated, forKey: .isRepeated)
        try values.encode(isValueOptional, forKey: .isValueOptional)
        try values.encode(fallback, forKey: .fallback)
    }
}
