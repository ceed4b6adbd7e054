/// Keeps secrets out of everything but the way that is theirs.
struct SecretValidator {
    private let secrets: [Parameter]

    /// The check of a command's secrets; it has nothing to do where there are none.
    init(_ definition: CommandDefinition) {
        secrets = definition.secrets
    }

    /// Reads what was given. Where a secret may be in it, at the wrong place or under a wrong name, a sentence that
    /// quotes it is replaced.
    ///
    /// - Throws: ``InvalidInputError``.
    func guarding(_ read: () throws(InvalidInputError) -> ParameterValues) throws(InvalidInputError) -> ParameterValues
    {
        do { return try read() } catch {
            guard !secrets.isEmpty else { throw error }
            let names = secrets.map(\.name).joined(separator: ", ")
            throw InvalidInputError(
                "params",
                "Something was given that the command does not take, or not so. It is not repeated here, since it may be "
                    + "a secret; the command's own, \(names), are given by name.")
        }
    }

    /// A line is kept and shown, so no secret is taken from it; nor is the name that the audit keeps of one.
    ///
    /// - Throws: ``InvalidInputError`` naming the secret.
    func refuse(in values: ParameterValues) throws(InvalidInputError) {
        let given = secrets.filter { values.options[$0.name] != nil || $0.isRequired }
        guard given.isEmpty else {
            let problems = given.map {
                ($0.name, ["The secret \($0.name) is not taken from a line: give it by name, in options."])
            }
            throw InvalidInputError(Dictionary(problems) { first, _ in first })
        }
    }

    /// - Throws: ``InvalidInputError`` naming a secret whose value stands in a text that is kept.
    func refuse(_ accepted: ParameterValues, in texts: [String]) throws(InvalidInputError) {
        for secret in secrets {
            guard let value = accepted.secret(secret), texts.contains(where: { $0.holds(value) }) else { continue }
            throw InvalidInputError(
                secret.name, "The value of \(secret.name) is also part of another parameter, where it would be kept.")
        }
    }

    /// The secrets by the way they go.
    func passed(_ accepted: ParameterValues) -> (environment: [String: Password], input: Password?) {
        var environment: [String: Password] = [:]
        var input: Password?
        for secret in secrets {
            guard let value = accepted.secret(secret) else { continue }
            switch secret.secretPassing {
            case .environment(let variable): environment[variable] = Password(value)
            case .stdin: input = Password(value)
            case nil: break
            }
        }
        return (environment, input)
    }
}

extension ParameterValues {
    fileprivate func secret(_ parameter: Parameter) -> String? {
        options[parameter.name]?.first ?? nil
    }
}

extension String {
    /// By bytes: for Swift, a letter with a combining mark behind it is another letter.
    fileprivate func holds(_ other: String) -> Bool {
        let needle = Array(other.utf8)
        let hay = Array(utf8)
        guard !needle.isEmpty, hay.count >= needle.count else { return false }
        return (0...hay.count - needle.count).contains { hay[$0..<($0 + needle.count)].elementsEqual(needle) }
    }
}
