/// Splits a line into words by the quoting rules of the POSIX shell, and nothing else of it.
///
/// IEEE Std 1003.1-2017, XCU 2.2: a backslash takes the next character as it is (and with a newline vanishes),
/// single quotes take everything, double quotes leave the backslash its meaning before `$`, a backquote, `"`, `\`
/// and newline. No expansion, no comments, no operators: `$(x)`, `*`, `~`, `;` and `|` are ordinary characters.
package enum ShellWords {
    /// The words of a line. An empty pair of quotes is an empty word.
    ///
    /// - Throws: ``ShellSyntaxError``.
    package static func split(_ line: String) throws(ShellSyntaxError) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        var inWord = false
        var rest = line.unicodeScalars[...]

        while let scalar = rest.popFirst() {
            switch scalar {
            case "\0":
                throw .nul
            case " ", "\t", "\n":
                if inWord { words.append(String(word)) }
                word = String.UnicodeScalarView()
                inWord = false
            case "'":
                inWord = true
                try appendSingleQuoted(&rest, to: &word)
            case "\"":
                inWord = true
                try appendDoubleQuoted(&rest, to: &word)
            case "\\":
                guard let next = rest.popFirst() else { throw .trailingBackslash }
                if next == "\0" { throw .nul }
                if next == "\n" { continue }
                inWord = true
                word.append(next)
            default:
                inWord = true
                word.append(scalar)
            }
        }
        if inWord { words.append(String(word)) }
        return words
    }

    /// A word, quoted so that ``split(_:)`` gives it back.
    package static func quote(_ word: String) -> String {
        if word.isOfLettersAndDigits(and: "-_./:=@,+%"), !word.isEmpty { return word }
        var quoted = "'".unicodeScalars
        for scalar in word.unicodeScalars {
            if scalar == "'" { quoted.append(contentsOf: "'\\''".unicodeScalars) } else { quoted.append(scalar) }
        }
        quoted.append("'")
        return String(quoted)
    }

    private static func appendSingleQuoted(
        _ rest: inout Substring.UnicodeScalarView, to word: inout String.UnicodeScalarView
    ) throws(ShellSyntaxError) {
        while let scalar = rest.popFirst() {
            if scalar == "'" { return }
            if scalar == "\0" { throw .nul }
            word.append(scalar)
        }
        throw .unclosedQuote("'")
    }

    private static func appendDoubleQuoted(
        _ rest: inout Substring.UnicodeScalarView, to word: inout String.UnicodeScalarView
    ) throws(ShellSyntaxError) {
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"":
                return
            case "\0":
                throw .nul
            case "\\":
                guard let next = rest.first else { throw .unclosedQuote("\"") }
                if "$`\"\\\n".unicodeScalars.contains(next) {
                    rest.removeFirst()
                    if next != "\n" { word.append(next) }
                } else {
                    word.append(scalar)
                }
            default:
                word.append(scalar)
            }
        }
        throw .unclosedQuote("\"")
    }
}

/// What can be wrong with a line.
package enum ShellSyntaxError: Error, Equatable, CustomStringConvertible {
    /// A quote without its partner.
    case unclosedQuote(Character)
    /// A backslash with nothing behind it.
    case trailingBackslash
    /// A byte that no argument can hold, execve(2).
    case nul

    /// A sentence for the person who wrote the line.
    package var description: String {
        switch self {
        case .unclosedQuote(let quote): "A quote (\(quote)) is not closed."
        case .trailingBackslash: "The line ends with a backslash that quotes nothing."
        case .nul: "The line contains a NUL character, which no argument can hold."
        }
    }
}
