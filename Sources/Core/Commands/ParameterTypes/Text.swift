/// Text, optionally with line breaks, a maximum length, and a regular expression that matches all of it.
package struct TextType: ParameterType {
    package static let name = "text"

    let pattern: String?
    /// Maximum number of Unicode scalars.
    let maxLength: Int?
    let isMultiline: Bool
    /// The pattern, compiled. Foundation never frees its copy of a pattern of more than 256 characters, so a pattern is
    /// compiled once, and not for each value.
    private let comparison: TextPattern?

    package init(pattern: String? = nil, maxLength: Int? = nil, isMultiline: Bool = false) {
        self.pattern = pattern
        comparison = pattern.flatMap { TextPattern($0) }
        self.maxLength = maxLength
        self.isMultiline = isMultiline
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        pattern = section.string("pattern")
        comparison = pattern.flatMap { TextPattern($0) }
        if pattern != nil, comparison == nil {
            section.problem("is not a regular expression.", at: "pattern")
        }
        maxLength = section.integer("max_length", in: 1...1_000_000)
        isMultiline = section.bool("multiline") ?? false
    }

    package var allowedControls: AllowedControls { isMultiline ? .lineBreaks : .none }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        if let maxLength, value.unicodeScalars.count > maxLength {
            throw InvalidValueError("maxLength", "must have at most \(maxLength, as: "max") characters.")
        }
        guard let pattern else { return value }
        switch comparison?.answer(for: value) {
        case .match: return value
        case .mismatch, nil:
            throw InvalidValueError("pattern", "must match \(pattern, as: "pattern").", isTechnical: true)
        case .undecided:
            throw InvalidValueError(
                "slowPattern", "takes too long to compare with \(pattern, as: "pattern"). Enter a shorter value.")
        }
    }

    package var facts: [(name: String, value: JSONValue)] {
        var facts: [(name: String, value: JSONValue)] = []
        if let pattern { facts.append(("pattern", .text(pattern))) }
        if let maxLength { facts.append(("max_length", .number(Double(maxLength)))) }
        if isMultiline { facts.append(("multiline", .truth(true))) }
        return facts
    }
}
