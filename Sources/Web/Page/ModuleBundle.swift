/// The page's ES modules joined into one script, so that the first view takes few requests.
///
/// The modules keep to a form that makes joining trivial: single-line imports of plain names by relative paths,
/// exported declarations only, and names that are unique over all modules. A module that comes after everything it
/// imports then means the same without its `import` lines and `export` keywords. Lines that are only a comment are left
/// out, and so is indentation.
struct ModuleBundle {
    /// The script.
    let text: String

    /// Joins a module and everything it imports.
    ///
    /// - Throws: ``PageError`` if a module is missing, or if an import has another form.
    init(entry: String, modules: [String: String]) throws(PageError) {
        var seen: Set<String> = []
        var text = "\"use strict\";\n"

        func add(_ path: String) throws(PageError) {
            guard seen.insert(path).inserted else { return }
            guard let source = modules[path] else { throw PageError("The page has no module \(path).") }
            var body = ""
            for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("import ") {
                    guard let imported = Self.imported(by: line, in: path) else {
                        throw PageError(
                            """
                            \(path): this import cannot be joined into page.js: \(line) \
                            Write it on one line, as import { name } from "./module.js";
                            """)
                    }
                    try add(imported)
                } else if line.hasPrefix("export ") {
                    body += line.dropFirst("export ".count) + "\n"
                } else {
                    // Comments are a quarter of the script. No text has several lines, so indentation means nothing.
                    let code = line.drop { $0 == " " }
                    if !code.isEmpty, !code.hasPrefix("//") { body += code + "\n" }
                }
            }
            text += body
        }

        try add(entry)
        self.text = text
    }

    private static func imported(by line: Substring, in path: String) -> String? {
        guard let open = line.range(of: "from \""), let close = line.range(of: "\";") else { return nil }
        guard open.upperBound <= close.lowerBound else { return nil }
        let reference = line[open.upperBound..<close.lowerBound]
        guard reference.hasPrefix("./") || reference.hasPrefix("../") else { return nil }
        return PagePath.resolved(String(reference), from: path)
    }
}
