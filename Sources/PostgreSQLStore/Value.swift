/// A value of a statement, as text for PostgreSQL.
struct Value: Sendable {
    /// The text; nil for NULL.
    let text: String?

    /// A text. U+FFFD replaces NUL, which PostgreSQL cannot store.
    init(_ text: String?) {
        guard let text, text.utf8.contains(0) else {
            self.text = text
            return
        }
        self.text = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    init(_ number: Int64?) {
        text = number.map { String($0) }
    }

    init(_ number: Int?) {
        self.init(number.map { Int64($0) })
    }

    /// A list of texts of the type `text[]` (PostgreSQL's manual, 8.15.2).
    init(list: some Sequence<String>) {
        let elements = list.map { text in
            var quoted = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { quoted.append("\\") }
                quoted.append(scalar)
            }
            return "\"\(quoted)\""
        }
        self.init("{\(elements.joined(separator: ","))}")
    }
}
