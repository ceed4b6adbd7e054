/// The languages of the page. Each has a module of its strings, such as `strings/strings.de.js`.
enum PageLanguage {
    /// The language for people whose browser asks for none that the page has.
    static let fallback = "en"

    /// The cookie with the language that the person chose on the page.
    private static let cookie = "remotisan_language"

    /// The module with the strings of a language.
    static func path(of language: String) -> String {
        "strings/strings.\(language).js"
    }

    /// The module with the sentences of the server in a language.
    static func pathOfSentences(in language: String) -> String {
        "sentences/sentences.\(language).js"
    }

    /// The language for a request: the chosen one, or the one that fits its Accept-Language field best.
    static func wanted(by request: Request, among languages: [String]) -> String {
        // RFC 6265, section 5.4. No language has a character that would be quoted.
        for pair in (request.header(.cookie) ?? "").split(separator: ";").prefix(100) {
            let parts = pair.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            if parts.count == 2, parts[0] == cookie, languages.contains(parts[1]) { return parts[1] }
        }
        return preferred(request.header(.acceptLanguage), among: languages)
    }

    /// The languages among the paths of the page's files. The fallback is always one.
    static func all(in paths: some Sequence<String>) -> [String] {
        let found = paths.compactMap { path -> String? in
            let parts = path.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "strings/strings", parts[2] == "js" else { return nil }
            return String(parts[1])
        }
        return Set(found + [fallback]).sorted()
    }

    /// The language that fits an Accept-Language field best (RFC 9110, section 12.5.4). `de-AT` means `de`. Of equal
    /// weights, the first one counts.
    static func preferred(_ header: String?, among languages: [String]) -> String {
        var best: (language: String, weight: Double)?
        for range in WeightedItem.all(in: header ?? "") {
            guard let tag = range.name.split(separator: "-").first.map(String.init) else { continue }
            let weight = range.weight ?? 0
            let language = tag == "*" ? fallback : tag
            guard weight > 0, languages.contains(language), weight > best?.weight ?? 0 else { continue }
            best = (language, weight)
        }
        return best?.language ?? fallback
    }
}
