extension ConfigurationSection {
    /// `pass` and `variable` of a parameter that is a secret.
    func readSecretPassing() -> SecretPassing {
        if !has("pass") { problem("pass is missing: how the program gets it, environment or stdin.", at: "pass") }
        let isEnvironment = choice("pass", ["environment": true, "stdin": false]) ?? true
        let variable = string("variable")
        guard isEnvironment else {
            if variable != nil { problem("a secret on standard input has no variable.", at: "variable") }
            return .stdin
        }
        let name = variable ?? ""
        let isName =
            !("0"..."9").contains(name.unicodeScalars.first ?? "0") && name.isOfLettersAndDigits(and: "_")
        if !isName || name == "PATH" || name == JobEnvironment.uuidVariable {
            problem(
                "variable is missing or no fit name: the variable that holds it, such as DB_PASSWORD.", at: "variable")
        }
        return .environment(name)
    }
}
