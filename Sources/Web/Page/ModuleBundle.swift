/// The page's modules as one script, so that a first view takes few requests and the sources stay small.
///
/// Every module is an ordinary ES module. They keep to a form that makes joining them trivial: single-line named
/// imports without renaming, exported declarations only, and names that are unique over all modules. Then a module
/// behind those that it imports, without its `import` lines and `export` words, means the same.
struct ModuleBundle {
    /// The script.
    let text: String

    /// Joins a module and all that it imports.
    ///
    /// - Throws: `PageAssetsError` if a module is missing or imports in another form.
    init(entry: String, modules: [String: String]) throws {
        var seen: Set<String> = []
        var text = "\"use strict\";\n"

        func add(_ name: String) throws {
            guard seen.insert(name).inserted else { return }
            guard let source = modules[name] else {
                throw PageAssetsError(description: "The page has no module \(name).")
            }
            var own = ""
            for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("import ") {
                    guard let open = line.range(of: "\"./"), let close = line.range(of: "\";") else {
                        throw PageAssetsError(
                            description: "\(name): an import is not of the form that is joined: \(line)")
                    }
                    try add(String(line[open.upperBound..<close.lowerBound]))
                } else if line.hasPrefix("export ") {
                    own += line.dropFirst("export ".count) + "\n"
                } else {
                    own += line + "\n"
                }
            }
            text += own
        }

        try add(entry)
        self.text = text
    }
}
