/// Splits a line into words by the quoting rules of the POSIX shell (IEEE Std 1003.1-2017, XCU 2.2).
///
/// - A backslash quotes the next character. A backslash and a newline are removed.
/// - Between single quotes every character is literal.
/// - Between double quotes a backslash is special only before `$`, a backquote, `"`, `\` and newline.
///
/// There are no expansions, comments or operators: `$(x)`, `*`, `~`, `;` and `|` are ordinary characters.
/// Tests/Fixtures/shell-words.json has the cases that this type and the page's JavaScript have in common.
package enum ShellWords {
    /// The words of a line. An empty pair of quotes is an empty word.
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

    /// Quotes a word, so that ``split(_:)`` returns it unchanged.
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

/// A line that cannot be split into words.
package enum ShellSyntaxError: Error, Equatable, CustomStringConvertible {
    /// An opening quote without a closing one.
    case unclosedQuote(Character)
    /// A backslash at the end of the line.
    case trailingBackslash
    /// A NUL character. No argument can contain one, execve(2).
    case nul

    package var description: String { sentence.description }

    /// A sentence for the person who wrote the line.
    var sentence: Sentence {
        switch self {
        case .unclosedQuote(let quote): Sentence("line.quote", "A quote (\(quote, as: "quote")) is not closed.")
        case .trailingBackslash: Sentence("line.backslash", "The line ends with a backslash that quotes nothing.")
        case .nul: Sentence("line.nul", "The line contains a NUL character, which no argument can hold.")
        }
    }
}
