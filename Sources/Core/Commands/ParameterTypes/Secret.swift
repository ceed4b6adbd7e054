/// Text that is stored nowhere and does not reach the command by its arguments.
package struct SecretType: ParameterType {
    package static let name = "secret"
    /// Permitted length in bytes. Masking a shorter secret would hide half of every log.
    static let length = 4...16 * 1024

    let passing: SecretPassing
    /// Whether line breaks are permitted, as in a private key.
    let isMultiline: Bool

    package init(_ passing: SecretPassing, isMultiline: Bool = false) {
        self.passing = passing
        self.isMultiline = isMultiline
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        self.init(SecretPassing(section), isMultiline: section.bool("multiline") ?? false)
    }

    package var allowedControls: AllowedControls { .all }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        guard Self.length.contains(value.utf8.count) else {
            throw InvalidValueError(
                "length",
                "must have \(Self.length.lowerBound, as: "min") to \(Self.length.upperBound, as: "max") bytes.")
        }
        guard isMultiline || !value.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" }) else {
            throw InvalidValueError("lineBreaks", "must not contain line breaks.")
        }
        return value
    }

    /// Clients do not learn how the secret reaches the command.
    package var facts: [(name: String, value: JSONValue)] { isMultiline ? [("multiline", .truth(true))] : [] }
}

/// How a secret reaches the command. Arguments are no way, because every user of the machine can read them.
package enum SecretPassing: Sendable, Equatable {
    /// In this variable of the command's environment, which the same user and root can read.
    case environment(String)
    /// On its standard input, as a line.
    case stdin

    fileprivate init(_ section: ConfigurationSection) {
        if !section.has("pass") {
            section.problem("pass is missing. Set it to environment or stdin.", at: "pass")
        }
        let isEnvironment = section.choice("pass", ["environment": true, "stdin": false]) ?? true
        let variable = section.string("variable")
        guard isEnvironment else {
            if variable != nil { section.problem("has no effect with pass: stdin. Remove it.", at: "variable") }
            self = .stdin
            return
        }
        let name = variable ?? ""
        let isName =
            !("0"..."9").contains(name.unicodeScalars.first ?? "0") && name.isOfLettersAndDigits(and: "_")
        if !isName || name == "PATH" || name == JobEnvironment.uuidVariable {
            section.problem("expected the name of an environment variable, such as DB_PASSWORD.", at: "variable")
        }
        self = .environment(name)
    }
}

extension Parameter {
    /// How a secret reaches the command; nil if the parameter is not a secret.
    var secretPassing: SecretPassing? { (type as? SecretType)?.passing }
}
