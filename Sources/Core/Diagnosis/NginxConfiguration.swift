/// A parsed nginx configuration: a tree of directives, including the included files.
package struct NginxConfiguration {
    /// A directive, with the directives in its braces.
    struct Directive: Equatable {
        let words: [String]
        var inner: [Directive] = []
        var name: String { words.first ?? "" }
    }

    let directives: [Directive]

    /// - Parameters:
    ///   - text: The text of the main file.
    ///   - include: Returns the texts of the files that an `include` names.
    init(_ text: String, include: (String) -> [String]) {
        var tokens = Self.tokens(text)[...]
        directives = Self.parseBlock(&tokens, depth: 0, include: include)
    }

    /// The user of nginx's workers in the main file; nil if it does not set it.
    package static func user(in text: String) -> String? {
        NginxConfiguration(text) { _ in [] }.directives.last { $0.name == "user" && $0.words.count > 1 }?.words[1]
    }

    private enum Token: Equatable {
        case word(String)
        case open
        case close
        case end
    }

    private static func parseBlock(
        _ tokens: inout ArraySlice<Token>, depth: Int, include: (String) -> [String]
    ) -> [Directive] {
        var found: [Directive] = []
        var words: [String] = []
        while let token = tokens.popFirst() {
            switch token {
            case .word(let word): words.append(word)
            case .end:
                // A file that includes itself must not cause an endless loop. nginx refuses it, too.
                if words.first == "include", words.count == 2, depth < 20 {
                    for text in include(words[1]) {
                        var inner = Self.tokens(text)[...]
                        found += parseBlock(&inner, depth: depth + 1, include: include)
                    }
                } else if !words.isEmpty {
                    found.append(Directive(words: words))
                }
                words = []
            case .open:
                found.append(Directive(words: words, inner: parseBlock(&tokens, depth: depth, include: include)))
                words = []
            case .close: return found
            }
        }
        return found
    }

    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        var rest = text.unicodeScalars[...]
        var word = ""
        func finish() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "#" where word.isEmpty: rest = rest.drop { $0 != "\n" }
            case "\"" where word.isEmpty, "'" where word.isEmpty:
                while let next = rest.popFirst(), next != scalar {
                    if next == "\\", let escaped = rest.popFirst() {
                        word.unicodeScalars.append(escaped)
                    } else {
                        word.unicodeScalars.append(next)
                    }
                }
                tokens.append(.word(word))
                word = ""
            case ";":
                finish()
                tokens.append(.end)
            // `${name}` is part of a word.
            case "{" where word.hasSuffix("$"):
                word += "{"
                while let next = rest.popFirst() {
                    word.unicodeScalars.append(next)
                    if next == "}" { break }
                }
            case "{":
                finish()
                tokens.append(.open)
            case "}":
                finish()
                tokens.append(.close)
            case " ", "\t", "\n", "\r": finish()
            default: word.unicodeScalars.append(scalar)
            }
        }
        return tokens
    }
}
