/// One thing that a command takes: an argument by its place, an option by its name, or a flag.
public struct Parameter: Sendable, Equatable, Codable {
    /// Its name, without dashes.
    public let name: String
    /// How it is given.
    public let kind: Kind
    /// Letters of its short forms, without dashes.
    public let shortcuts: [String]
    /// One sentence.
    public let description: String
    /// Whether it must be given.
    public let isRequired: Bool
    /// Whether it may be given more than once.
    public let isRepeated: Bool
    /// Whether the option may stand without a value.
    public let isValueOptional: Bool
    /// What holds where it is not given, as the command says it.
    public let fallback: JSONValue
    /// What its values must be.
    public internal(set) var type: ParameterType
    /// How the program spells it, where that is not its name with two dashes: `-s`.
    public let spelling: String?
    /// Whether the program wants its value as a word of its own: `-u ann`, `--since 2026-12-31`; not `--since=2026-12-31`.
    public let isSeparate: Bool

    /// How a parameter is given.
    public enum Kind: String, Sendable, Codable {
        /// By its place.
        case argument
        /// `--name=value`.
        case option
        /// `--name`.
        case flag
    }

    /// Creates a parameter.
    public init(
        name: String, kind: Kind, shortcuts: [String] = [], description: String = "", isRequired: Bool = false,
        isRepeated: Bool = false, isValueOptional: Bool = false, fallback: JSONValue = .null,
        type: ParameterType = .any, spelling: String? = nil, isSeparate: Bool = false
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
        self.isSeparate = isSeparate
    }
}
