extension CommandDefinition {
    /// What the command takes, in one line, as Symfony writes it: `[--since SINCE] [--dry] [--] <host> [<rest>...]`.
    package var synopsis: String {
        let options = options.map { option -> String in
            let value = option.kind == .flag ? "" : " \(option.name.uppercased())"
            let text = "--\(option.name)\(value)"
            return option.isRequired ? text : "[\(text)]"
        }
        let arguments = arguments.map { argument -> String in
            let text = "<\(argument.name)>\(argument.isRepeated ? "..." : "")"
            return argument.isRequired ? text : "[\(text)]"
        }
        let divider = options.isEmpty || arguments.isEmpty ? [] : ["[--]"]
        return (options + divider + arguments).joined(separator: " ")
    }
}
