/// Reads words as Symfony's Console does (its `ArgvInput`), but guesses nothing: an option must be spelt out.
struct SymfonyArgumentParser {
    private let definition: CommandDefinition
    private let known: [String: Parameter]
    private let shortcuts: [String: Parameter]

    init(_ definition: CommandDefinition) {
        self.definition = definition
        let options = definition.options + definition.globalOptions
        // Of a declared option the program's own spelling is understood, too; names come first.
        let spelt = options.compactMap { option in option.spelling.map { ($0.unicodeScalars, option) } }
        let long = spelt.filter { Self.isLong($0.0) }.map { (String($0.0.dropFirst(2)), $0.1) }
        let short = spelt.filter { !Self.isLong($0.0) }.map { (String($0.0.dropFirst()), $0.1) }
        let letters = options.flatMap { option in option.shortcuts.map { ($0, option) } }
        known = Dictionary(options.map { ($0.name, $0) } + long) { own, _ in own }
        shortcuts = Dictionary(letters + short) { own, _ in own }
    }

    private static func isLong(_ spelling: String.UnicodeScalarView) -> Bool {
        spelling.starts(with: "--".unicodeScalars)
    }

    /// The values that words give.
    ///
    /// - Throws: ``InvalidInputError`` naming the word that fits nothing.
    func read(_ words: [String]) throws(InvalidInputError) -> ParameterValues {
        var values = ParameterValues()
        var placed: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                placed += rest
                break
            } else if word.utf8.starts(with: "--".utf8) {
                try readLong(String(word.unicodeScalars.dropFirst(2)), &rest, into: &values)
            } else if word.utf8.first == UInt8(ascii: "-"), word != "-" {
                try readShort(String(word.unicodeScalars.dropFirst()), &rest, into: &values)
            } else {
                placed.append(word)
            }
        }
        try values.place(placed, definition)
        return values
    }

    private func readLong(
        _ word: String, _ rest: inout ArraySlice<String>, into values: inout ParameterValues
    ) throws(InvalidInputError) {
        let parts = word.unicodeScalars.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map { String($0) } ?? ""
        let option = try option(name, spelt: "--" + name)
        try add(option, parts.count > 1 ? String(parts[1]) : nil, &rest, into: &values)
    }

    /// `-x`, `-xVALUE`, or several letters of flags.
    private func readShort(
        _ letters: String, _ rest: inout ArraySlice<String>, into values: inout ParameterValues
    ) throws(InvalidInputError) {
        // One shortcut may have several letters: -vvv.
        if let option = shortcuts[letters] {
            return try add(try self.option(option.name, spelt: "-" + letters), nil, &rest, into: &values)
        }
        var left = letters.unicodeScalars[...]
        while let letter = left.popFirst() {
            let text = String(letter)
            guard let shortcut = shortcuts[text] else {
                throw InvalidInputError(text, "The option -\(text.excerpt) does not exist.")
            }
            let option = try option(shortcut.name, spelt: "-" + text)
            guard option.kind == .flag else {
                return try add(option, left.isEmpty ? nil : String(left), &rest, into: &values)
            }
            try add(option, nil, &rest, into: &values)
        }
    }

    private func option(_ name: String, spelt: String) throws(InvalidInputError) -> Parameter {
        guard let option = known[name],
            option.name.isExactly(name) || option.spelling?.isExactly("--" + name) ?? false
        else {
            throw InvalidInputError(name, "The option \(spelt.excerpt) does not exist.")
        }
        return option
    }

    private func add(
        _ option: Parameter, _ value: String?, _ rest: inout ArraySlice<String>, into values: inout ParameterValues
    ) throws(InvalidInputError) {
        var value = value
        if option.kind == .option, value == nil, let next = rest.first, next.utf8.first != UInt8(ascii: "-") {
            value = next
            rest.removeFirst()
        }
        values.options[option.name, default: []].append(value)
    }
}
