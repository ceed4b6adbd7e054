/// Parses words as Symfony Console does (its `ArgvInput`), except that abbreviated names of options are errors.
struct SymfonyArgumentParser {
    private let definition: CommandDefinition
    private let optionsByName: [String: Parameter]
    private let optionsByShortcut: [String: Parameter]

    init(_ definition: CommandDefinition) {
        self.definition = definition
        let options = definition.options + definition.globalOptions
        // The program's own spelling of a declared option is accepted, too. Names have precedence.
        let spelt = options.compactMap { option in option.spelling.map { ($0.unicodeScalars, option) } }
        let long = spelt.filter { Self.isLong($0.0) }.map { (String($0.0.dropFirst(2)), $0.1) }
        let short = spelt.filter { !Self.isLong($0.0) }.map { (String($0.0.dropFirst()), $0.1) }
        let shortcuts = options.flatMap { option in option.shortcuts.map { ($0, option) } }
        optionsByName = Dictionary(options.map { ($0.name, $0) } + long) { own, _ in own }
        optionsByShortcut = Dictionary(shortcuts + short) { own, _ in own }
    }

    private static func isLong(_ spelling: String.UnicodeScalarView) -> Bool {
        spelling.starts(with: "--".unicodeScalars)
    }

    /// Parses the words of a line.
    ///
    /// - Throws: ``InvalidInputError`` for the first unknown option or surplus argument.
    func parse(_ words: [String]) throws(InvalidInputError) -> ParameterValues {
        var values = ParameterValues()
        var arguments: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                arguments += rest
                break
            } else if word.utf8.starts(with: "--".utf8) {
                try parseLong(String(word.unicodeScalars.dropFirst(2)), followedBy: &rest, into: &values)
            } else if word.utf8.first == UInt8(ascii: "-"), word != "-" {
                try parseShort(String(word.unicodeScalars.dropFirst()), followedBy: &rest, into: &values)
            } else {
                arguments.append(word)
            }
        }
        try values.assign(arguments, toArgumentsOf: definition)
        return values
    }

    private func parseLong(
        _ word: String, followedBy rest: inout ArraySlice<String>, into values: inout ParameterValues
    ) throws(InvalidInputError) {
        let parts = word.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map { String($0) } ?? ""
        let option = try option(named: name, spelt: "--" + name)
        add(option, value: parts.count > 1 ? String(parts[1]) : nil, followedBy: &rest, into: &values)
    }

    /// Parses `-x`, `-xVALUE`, or several letters of flags.
    private func parseShort(
        _ letters: String, followedBy rest: inout ArraySlice<String>, into values: inout ParameterValues
    ) throws(InvalidInputError) {
        // One shortcut may have several letters: -vvv.
        if let option = optionsByShortcut[letters] {
            let option = try self.option(named: option.name, spelt: "-" + letters)
            return add(option, value: nil, followedBy: &rest, into: &values)
        }
        var left = letters.unicodeScalars[...]
        while let letter = left.popFirst() {
            let text = String(letter)
            guard let shortcut = optionsByShortcut[text] else {
                throw InvalidInputError(text, ParameterValues.unknownOption("-\(text.excerpt)"))
            }
            let option = try option(named: shortcut.name, spelt: "-" + text)
            guard option.kind == .flag else {
                return add(option, value: left.isEmpty ? nil : String(left), followedBy: &rest, into: &values)
            }
            add(option, value: nil, followedBy: &rest, into: &values)
        }
    }

    private func option(named name: String, spelt: String) throws(InvalidInputError) -> Parameter {
        guard let option = optionsByName[name],
            option.name.isExactly(name) || option.spelling?.isExactly("--" + name) ?? false
        else {
            throw InvalidInputError(name, ParameterValues.unknownOption(spelt.excerpt))
        }
        return option
    }

    private func add(
        _ option: Parameter, value: String?, followedBy rest: inout ArraySlice<String>,
        into values: inout ParameterValues
    ) {
        var value = value
        if option.kind == .option, value == nil, let next = rest.first, next.utf8.first != UInt8(ascii: "-") {
            value = next
            rest.removeFirst()
        }
        values.options[option.name, default: []].append(value)
    }
}
