/// Makes sure that a secret reaches the command only in the configured way, and is stored nowhere.
struct SecretValidator {
    private let secrets: [Parameter]

    init(_ definition: CommandDefinition) {
        secrets = definition.secrets
    }

    /// Parses input. If the command takes secrets, replaces an error that may quote a secret. A secret may be in the
    /// wrong place or have a misspelt name.
    func hidingValuesInErrors(
        _ parse: () throws(InvalidInputError) -> ParameterValues
    ) throws(InvalidInputError) -> ParameterValues {
        do { return try parse() } catch {
            guard !secrets.isEmpty else { throw error }
            let names = secrets.map(\.name).joined(separator: ", ")
            throw InvalidInputError(
                "params",
                Sentence(
                    "secret.hidden",
                    """
                    A parameter is unknown or malformed. It is not shown here because it may be a secret. Give the \
                    secrets of this command by name: \(names, as: "names").
                    """))
        }
    }

    /// Rejects a line that contains a secret, or even its name as the audit stores it. A line is stored and shown.
    /// Also rejects every line if the command requires a secret.
    ///
    /// - Throws: ``InvalidInputError`` with the names of the secrets.
    func rejectSecretsOfLine(_ values: ParameterValues) throws(InvalidInputError) {
        let given = secrets.filter { values.options[$0.name] != nil || $0.isRequired }
        guard given.isEmpty else {
            let problems = given.map {
                (
                    $0.name,
                    [
                        Sentence(
                            "secret.line",
                            "The secret \($0.name, as: "name") cannot be part of a line. Give it by name, in options.")
                    ]
                )
            }
            throw InvalidInputError(Dictionary(problems) { first, _ in first })
        }
    }

    /// Rejects a secret whose value is also part of a text that is stored.
    ///
    /// - Throws: ``InvalidInputError`` with the name of the secret.
    func rejectCopies(of values: ParameterValues, in texts: [String]) throws(InvalidInputError) {
        for secret in secrets {
            guard let value = values.value(of: secret), texts.contains(where: { $0.containsBytes(of: value) }) else {
                continue
            }
            throw InvalidInputError(
                secret.name,
                Sentence(
                    "secret.copied",
                    """
                    The value of \(secret.name, as: "name") is also in another parameter, where it would be stored. \
                    Remove it there.
                    """))
        }
    }

    /// The secrets in the ways in which the command gets them.
    func handover(of values: ParameterValues) -> (environment: [String: Password], stdin: Password?) {
        var environment: [String: Password] = [:]
        var stdin: Password?
        for secret in secrets {
            guard let value = values.value(of: secret) else { continue }
            switch secret.secretPassing {
            case .environment(let variable): environment[variable] = Password(value)
            case .stdin: stdin = Password(value)
            case nil: break
            }
        }
        return (environment, stdin)
    }
}

extension ParameterValues {
    fileprivate func value(of secret: Parameter) -> String? {
        options[secret.name]?.first ?? nil
    }
}

extension String {
    /// Compares bytes, because Swift treats a letter with a combining mark as one other character.
    fileprivate func containsBytes(of other: String) -> Bool {
        let needle = Array(other.utf8)
        let bytes = Array(utf8)
        guard !needle.isEmpty, bytes.count >= needle.count else { return false }
        return (0...bytes.count - needle.count).contains { bytes[$0..<($0 + needle.count)].elementsEqual(needle) }
    }
}
