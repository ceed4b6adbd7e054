import Glibc

/// What is known of the place where standard output goes.
package struct Terminal: Sendable, Equatable {
    /// Whether it is a terminal. If not, a script reads the output.
    package let isTerminal: Bool
    /// Whether colours are shown. `NO_COLOR` with any value turns them off (no-color.org), and so does `TERM=dumb`.
    package let hasColour: Bool

    /// - Parameter environment: The variables of this process.
    package init(isTerminal: Bool, environment: [String: String]) {
        self.isTerminal = isTerminal
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let term = environment["TERM"] ?? ""
        hasColour = isTerminal && !isPlain && term != "dumb" && !term.isEmpty
    }

    /// Standard output, if it goes to no pager yet.
    package static func output(_ environment: [String: String]) -> Terminal {
        Terminal(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment)
    }
}

/// A colour of a word (ECMA-48, Select Graphic Rendition).
package enum Colour: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case cyan = 36

    /// The text in this colour.
    package func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}
