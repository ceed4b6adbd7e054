import Yams

/// A mapping of the configuration. It returns values by key and reports problems.
///
/// A getter returns nil or an empty value if the key is missing or its value is invalid. So all problems are found at
/// once. ``finish()`` reports the keys that no getter has read.
package final class ConfigurationSection {
    private let source: String
    let path: String
    private let line: Int?
    private var values: [String: Node] = [:]
    private var lines: [String: Int] = [:]
    private var known: Set<String> = []
    /// Old names that the file uses, by the key that replaced them.
    private var writtenAs: [String: String] = [:]
    private let report: (ConfigurationError.Problem) -> Void

    /// A section for a node. It is empty if the node is nil or null. Anything but a mapping is a problem.
    init(_ node: Node?, path: String, source: String, report: @escaping (ConfigurationError.Problem) -> Void) {
        self.source = source
        self.path = path
        self.report = report
        line = node?.mark?.line
        guard let node, !node.isNull else { return }
        guard let mapping = node.mapping else {
            problem("expected keys and values, found \(node.excerpt).")
            return
        }
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                problem("expected plain text for every key.")
                continue
            }
            values[name] = value
            lines[name] = key.mark?.line
        }
    }

    /// All keys, in the order of the file. They count as read.
    var keys: [String] {
        known.formUnion(values.keys)
        return values.keys.sorted { (lines[$0] ?? 0, $0) < (lines[$1] ?? 0, $1) }
    }

    /// Whether a key has a value that is not null.
    func has(_ key: String) -> Bool {
        node(key) != nil
    }

    /// Whether the value of a key is text, a number or another scalar.
    func isText(_ key: String) -> Bool {
        node(key)?.scalar != nil
    }

    /// Accepts the old name of a key. Messages about the key use the name that the file uses.
    func rename(_ old: String, to key: String) {
        guard let node = values[old] else { return }
        if has(key) {
            known.insert(old)
            return problem("is another name of \(key), which is also set. Remove one of them.", at: old)
        }
        values[old] = nil
        values[key] = node
        lines[key] = lines[old]
        writtenAs[key] = old
    }

    /// Reports a problem of an environment variable.
    func problem(_ message: String, inVariable name: String) {
        report(.init(source: name, line: nil, key: "", message: message))
    }

    /// Reports a problem of a key of this section, or of the section itself.
    func problem(_ message: String, at key: String? = nil) {
        let written = key.map { writtenAs[$0] ?? $0 }
        let full = [path, written ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
        report(.init(source: source, line: key.flatMap { lines[$0] } ?? line, key: full, message: message))
    }

    /// Reports every key that no getter has read.
    func finish() {
        for key in values.keys.sorted() where !known.contains(key) {
            let nearest = known.min { $0.editDistance(to: key) < $1.editDistance(to: key) }
            let hint = nearest.map { $0.editDistance(to: key) <= 2 ? " Did you mean \($0)?" : "" } ?? ""
            problem("this key is unknown.\(hint) Known keys: \(known.sorted().joined(separator: ", ")).", at: key)
        }
    }

    /// The value of a key; nil if it is missing or null.
    private func node(_ key: String) -> Node? {
        known.insert(key)
        return values[key].flatMap { $0.isNull ? nil : $0 }
    }

    private func value<Value>(_ key: String, expected: String, read: (Node) -> Value?) -> Value? {
        guard let node = node(key) else { return nil }
        if let value = read(node) { return value }
        problem("expected \(expected), found \(node.excerpt).", at: key)
        return nil
    }

    func string(_ key: String) -> String? {
        value(key, expected: "text") { $0.scalar?.string }
    }

    func bool(_ key: String) -> Bool? {
        value(key, expected: "true or false") { $0.bool }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { node in
            node.int.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func decimal(_ key: String) -> Double? {
        value(key, expected: "a number such as 0.5") { $0.float }
    }

    /// A duration in milliseconds.
    func duration(_ key: String) -> Int64? {
        value(key, expected: "a duration such as 90s, 10m, 1h or 180d") { node in
            node.scalar.flatMap { Quantity.milliseconds($0.string) }
        }
    }

    /// A size in bytes.
    func size(_ key: String) -> Int64? {
        value(key, expected: "a size such as 64KiB or 1GiB") { $0.scalar.flatMap { Quantity.bytes($0.string) } }
    }

    /// A list of texts. A single text becomes a list of one.
    func strings(_ key: String) -> [String]? {
        value(key, expected: "a list of texts") { node in
            if let scalar = node.scalar { return [scalar.string] }
            guard let items = node.sequence else { return nil }
            let texts = items.compactMap { $0.isNull ? nil : $0.scalar?.string }
            return texts.count == items.count ? texts : nil
        }
    }

    /// The value for one of several names.
    func choice<Value>(_ key: String, _ choices: [String: Value]) -> Value? {
        value(key, expected: "one of \(choices.keys.sorted().joined(separator: ", "))") { node in
            node.scalar.flatMap { choices[$0.string] }
        }
    }

    /// The mapping at a key; empty if the key is missing.
    func section(_ key: String) -> ConfigurationSection {
        section(key, node(key))
    }

    private func section(_ key: String, _ node: Node?) -> ConfigurationSection {
        let full = path.isEmpty ? key : "\(path).\(key)"
        return ConfigurationSection(node, path: full, source: source, report: report)
    }

    /// The mapping at a key that may also be a list of texts, which is short for the mapping `{ inner: list }`.
    func section(_ key: String, listAs inner: String) -> ConfigurationSection {
        guard let node = node(key), node.mapping == nil else { return section(key) }
        let section = section(key, Node.mapping(.init([(Node(inner), node)])))
        section.lines[inner] = lines[key]
        return section
    }

    /// The mappings in the list at a key; empty if the key is missing.
    func sections(_ key: String) -> [ConfigurationSection] {
        guard let node = node(key) else { return [] }
        guard let items = node.sequence else {
            problem("expected a list, found \(node.excerpt).", at: key)
            return []
        }
        let full = path.isEmpty ? key : "\(path).\(key)"
        return items.enumerated().map { index, item in
            ConfigurationSection(item, path: "\(full)[\(index)]", source: source, report: report)
        }
    }
}

extension Node {
    /// Whether this is nothing; YAML 1.2, section 10.3.2.
    ///
    /// The parser does not tell, see ``parsed(_:)``.
    var isNull: Bool {
        guard let scalar else { return false }
        if scalar.style == .plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return true }
        return scalar.tag == Tag(.null, .basic)
    }

    /// Parses YAML without its tags, which Yams finds out by seven regular expressions for each value. To prepare these
    /// would be a tenth of a request by CGI.
    static func parsed(_ yaml: String) throws -> Node? { try compose(yaml: yaml, .basic) }

    /// The value, for messages.
    fileprivate var excerpt: String {
        if let scalar { return isNull ? "nothing" : "\"\(scalar.string)\"" }
        return mapping != nil ? "keys and values" : "a list"
    }
}
