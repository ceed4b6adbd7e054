/// Symfony's markup for colours in texts: `<info>…</info>`, `<fg=red>…</>`.
enum ConsoleMarkup {
    private static let names = ["info", "comment", "question", "error"]
    private static let settings = ["fg=", "bg=", "options=", "href="]

    /// Removes the tags. `\<` becomes `<`.
    static func plain(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\", rest.first == "<" {
                rest.removeFirst()
                result.append("<")
            } else if scalar == "<", let end = rest.firstIndex(of: ">"), isTag(String(rest[..<end])) {
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isTag(_ inside: String) -> Bool {
        let name = inside.hasPrefix("/") ? String(inside.dropFirst()) : inside
        if name.isEmpty { return inside == "/" }
        return names.contains(name) || settings.contains { name.hasPrefix($0) }
    }
}
