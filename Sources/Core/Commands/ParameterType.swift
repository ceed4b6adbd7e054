/// What the values of a parameter must be.
public enum ParameterType: Sendable, Equatable, Codable {
    /// Anything that an argument can hold: a console is the judge of its own.
    case any
    /// Text without control characters; `isMultiline` allows line breaks and tabs. `pattern` is a regular expression that
    /// the whole of it matches.
    case text(pattern: String?, maxLength: Int?, isMultiline: Bool)
    /// A whole number.
    case integer(min: Int64?, max: Int64?)
    /// A number with a decimal point.
    case decimal(min: Double?, max: Double?)
    /// One of these.
    case choice([String])
    /// One of those that a program lists; nil: it has not answered yet.
    case listed(ChoiceProgram, [Choice]?)
    /// A day, as 2026-12-31.
    case date
    /// A time of day, as 23:59 or 23:59:59.
    case time
    /// A file or directory below a directory, whatever links lead there. The command gets its real path.
    case path(below: String, mustExist: Bool)
    /// An address for mail.
    case email
    /// A host's name or address.
    case host
    /// JSON text.
    case json
    /// Text that is kept nowhere, and reaches the command beside its arguments. `isMultiline` allows line breaks: a key's.
    case secret(SecretPassing, isMultiline: Bool)
    /// A file that is uploaded, or several of so many bytes together, whose names end with `suffix`. The command gets the
    /// path of a copy.
    case file(maxBytes: Int, suffix: String)

    /// Whether its values may have several lines.
    public var isMultiline: Bool {
        switch self {
        case .text(_, _, let isMultiline), .secret(_, let isMultiline): isMultiline
        case .any, .json: true
        default: false
        }
    }

    /// Why a value does not fit: the end of a sentence that begins with the parameter.
    struct Misfit: Error, Equatable {
        let description: String
    }

    /// The text that the command gets for a value.
    ///
    /// - Throws: ``Misfit``.
    func accept(_ value: String) throws(Misfit) -> String {
        guard !value.utf8.contains(0) else {
            throw Misfit(description: "contains a NUL character, which no argument can hold.")
        }
        if case .any = self { return value }
        if case .secret = self {
            try Self.checkSecret(value, isMultiline: isMultiline)
            return value
        }
        try Self.refuseControls(in: value, isMultiline: isMultiline)
        switch self {
        case .any, .secret, .file: break
        case .text(let pattern, let maxLength, _): try Self.checkText(value, pattern, maxLength)
        case .integer(let min, let max): try Self.checkInteger(value, min, max)
        case .decimal(let min, let max): try Self.checkDecimal(value, min, max)
        case .choice(let choices): try Self.checkChoice(value, choices)
        case .listed(_, let choices): try Self.checkListed(value, choices)
        case .date: try Self.checkDate(value)
        case .time: try Self.checkTime(value)
        case .path(let directory, let mustExist): return try Self.resolve(value, below: directory, mustExist)
        case .email: try Self.checkEmail(value)
        case .host: try Self.checkHost(value)
        case .json: try Self.checkJSON(value)
        }
        return value
    }

    private static func refuseControls(in value: String, isMultiline: Bool) throws(Misfit) {
        let allowed: [Unicode.Scalar] = isMultiline ? ["\n", "\r", "\t"] : []
        for scalar in value.unicodeScalars where scalar.properties.generalCategory == .control {
            guard allowed.contains(scalar) else {
                throw Misfit(description: "must not contain line breaks or other control characters.")
            }
        }
    }
}
