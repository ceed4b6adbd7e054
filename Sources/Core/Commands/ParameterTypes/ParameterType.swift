/// A type of parameter values.
///
/// Each type describes itself in a file of this folder: its name, its configuration keys, its check, and what the page
/// has to know. ``ParameterTypes/all`` lists the types.
package protocol ParameterType: Sendable, Equatable {
    /// The value of the configuration key `type`.
    static var name: String { get }

    /// Reads the type's own configuration keys, and reports what is wrong with them.
    init(_ section: ConfigurationSection, in context: ProgramContext)

    /// Checks a value.
    ///
    /// - Returns: The text that the command gets.
    func accept(_ value: String) throws(InvalidValueError) -> String

    /// Which control characters a value may contain. NUL is never allowed.
    var allowedControls: AllowedControls { get }

    /// Whether the value of `default` is checked when the configuration is read. It is not if the result may change
    /// later.
    var isDefaultCheckable: Bool { get }

    /// Further members of the parameter in `GET /commands`, after `type`.
    var facts: [(name: String, value: JSONValue)] { get }
}

/// Control characters that a value may contain.
package enum AllowedControls: Sendable {
    case none
    /// Line breaks and tabs.
    case lineBreaks
    case all
}

/// Where the programs of a command run.
package struct ProgramContext: Sendable {
    let directory: String
    let environment: [String: String]
}

/// Why a value is invalid. The words continue a sentence that begins with the name of the parameter.
package struct InvalidValueError: Error, Equatable {
    private let predicate: Sentence
    /// Whether the words are technical, so that people should read what the parameter is described as instead.
    let isTechnical: Bool

    init(_ code: String, _ words: Sentence.Words, isTechnical: Bool = false) {
        predicate = Sentence("value.\(code)", words)
        self.isTechnical = isTechnical
    }

    var description: String { predicate.description }

    /// The sentence for people: the description of the parameter if it says more.
    func sentence(for parameter: Parameter) -> Sentence {
        guard isTechnical, !parameter.description.isEmpty else { return predicate.about(parameter) }
        let end = parameter.description.hasSuffix(".") ? "" : "."
        return Sentence("value.form", "has the wrong form. Expected: \(parameter.description + end, as: "expected")")
            .about(parameter)
    }
}

extension Sentence {
    /// The sentence that says this of a parameter.
    func about(_ parameter: Parameter) -> Sentence {
        let name = parameter.kind == .argument ? parameter.name : "--\(parameter.name)"
        let subject = parameter.kind == .argument ? "The argument" : "The option"
        var values = values
        values["parameter"] = name
        return Sentence(code, "\(subject) \(name) \(description)", values)
    }
}

extension ParameterType {
    package var allowedControls: AllowedControls { .none }
    package var isDefaultCheckable: Bool { true }
    package var facts: [(name: String, value: JSONValue)] { [] }

    /// Checks a value, after the checks that all types share.
    ///
    /// - Returns: The text that the command gets.
    package func validate(_ value: String) throws(InvalidValueError) -> String {
        for scalar in value.unicodeScalars where scalar.properties.generalCategory == .control {
            if scalar == "\0" {
                throw InvalidValueError("nul", "contains a NUL character, which no argument can hold.")
            }
            switch allowedControls {
            case .all: break
            case .lineBreaks where ["\n", "\r", "\t"].contains(scalar): break
            case .none, .lineBreaks:
                throw InvalidValueError("controls", "must not contain line breaks or other control characters.")
            }
        }
        return try accept(value)
    }

    /// Whether another type is equal to this one.
    func isEqual(to other: any ParameterType) -> Bool {
        (other as? Self) == self
    }
}

/// Any value. A console checks its own parameters.
package struct AnyType: ParameterType {
    package static let name = "any"
    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}
    package var allowedControls: AllowedControls { .all }
    package func accept(_ value: String) -> String { value }
}

/// An option that is either given or not.
package struct FlagType: ParameterType {
    package static let name = "flag"
    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}
    package func accept(_ value: String) -> String { value }
}

/// The types that a configuration may use.
package enum ParameterTypes {
    package static let all: [any ParameterType.Type] = [
        TextType.self, IntegerType.self, DecimalType.self, ChoiceType.self, DateType.self, TimeType.self, PathType.self,
        EmailType.self, HostType.self, URLType.self, JSONType.self, FlagType.self, SecretType.self, FileType.self,
    ]
}
