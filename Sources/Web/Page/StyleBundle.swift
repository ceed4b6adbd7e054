/// A style sheet of the page with its imports joined in, so that it takes one request.
///
/// A line `@import "part.css";` means the same to a browser (css-cascade-5, section 2). Imports of any other form, and
/// those of another host, are left to the browser.
struct StyleBundle {
    /// The style sheet.
    let text: String

    /// Joins a style sheet and everything it imports, each part once.
    ///
    /// - Throws: ``PageError`` if a part is missing.
    init(entry: String, sheets: [String: String]) throws(PageError) {
        var seen: Set<String> = []

        func joined(_ path: String) throws(PageError) -> String {
            guard seen.insert(path).inserted else { return "" }
            guard let source = sheets[path] else { throw PageError("The page has no style sheet \(path).") }
            var lines: [String] = []
            for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
                if let imported = Self.imported(by: line, in: path) {
                    lines.append(try joined(imported))
                } else {
                    lines.append(String(line))
                }
            }
            return lines.joined(separator: "\n")
        }

        text = try joined(entry)
    }

    private static func imported(by line: Substring, in path: String) -> String? {
        guard line.hasPrefix("@import \""), line.hasSuffix(".css\";") else { return nil }
        return PagePath.resolved(String(line.dropFirst("@import \"".count).dropLast("\";".count)), from: path)
    }
}
