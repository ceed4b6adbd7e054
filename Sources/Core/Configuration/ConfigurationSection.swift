import Yams

/// A mapping of the configuration while it is read: hands out values by key and remembers what is wrong.
///
/// Every getter answers its default when the key is missing or its value wrong, so that one reading finds all
/// problems. ``finish()`` reports the keys that nobody asked for.
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

    /// A section made of a node; anything but a mapping (or nothing at all) is reported and read as empty.
    init(_ node: Node?, path: String, source: String, report: @escaping (ConfigurationError.Problem) -> Void) {
        self.source = source
        self.path = path
        self.report = report
        line = node?.mark?.line
        guard let node, !node.isNull else { return }
        guard let mapping = node.mapping else {
            problem("expected keys and values, found \(node.shown).")
            return
        }
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                problem("every key must be plain text.")
                continue
            }
            values[name] = value
            lines[name] = key.mark?.line
        }
    }

    /// The keys that stand here, in order.
    var keys: [String] {
        known.formUnion(values.keys)
        return values.keys.sorted { (lines[$0] ?? 0, $0) < (lines[$1] ?? 0, $1) }
    }

    /// Whether a key stands here with a value.
    func has(_ key: String) -> Bool {
        node(key) != nil
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

    /// Reports what is wrong with the value of an environment variable.
    func problem(_ message: String, inVariable name: String) {
        report(.init(source: name, line: nil, key: "", message: message))
    }

    /// Reports what is wrong with a key of this section, or with the section itself.
    func problem(_ message: String, at key: String? = nil) {
        let written = key.map { writtenAs[$0] ?? $0 }
        let full = [path, written ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
        report(.init(source: source, line: key.flatMap { lines[$0] } ?? line, key: full, message: message))
    }

    /// Reports every key that was not asked for.
    func finish() {
        for key in values.keys.sorted() where !known.contains(key) {
            let near = known.min { $0.editDistance(to: key) < $1.editDistance(to: key) }
            let hint = near.map { $0.editDistance(to: key) <= 2 ? " Did you mean \($0)?" : "" } ?? ""
            problem("this key is not known.\(hint) Known here: \(known.sorted().joined(separator: ", ")).", at: key)
        }
    }

    // The value of a key; nil if it is missing or null.
    private func node(_ key: String) -> Node? {
        known.insert(key)
        return values[key].flatMap { $0.isNull ? nil : $0 }
    }

    private func value<Value>(_ key: String, _ expected: String, _ read: (Node) -> Value?) -> Value? {
        guard let node = node(key) else { return nil }
        if let value = read(node) { return value }
        problem("expected \(expected), found \(node.shown).", at: key)
        return nil
    }

    func string(_ key: String) -> String? {
        value(key, "text") { $0.scalar?.string }
    }

    func bool(_ key: String) -> Bool? {
        value(key, "true or false") { $0.bool }
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { node in
            node.int.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func decimal(_ key: String) -> Double? {
        value(key, "a number such as 0.5") { $0.float }
    }

    /// Milliseconds.
    func duration(_ key: String) -> Int64? {
        value(key, "a duration such as 90s, 10m, 1h or 180d") { $0.scalar.flatMap { Quantity.milliseconds($0.string) } }
    }

    /// Bytes.
    func size(_ key: String) -> Int64? {
        value(key, "a size such as 64KiB or 1GiB") { $0.scalar.flatMap { Quantity.bytes($0.string) } }
    }

    /// A list of texts; a single text is a list of one.
    func strings(_ key: String) -> [String]? {
        value(key, "a list of texts") { node in
            if let scalar = node.scalar { return [scalar.string] }
            guard let items = node.sequence else { return nil }
            let texts = items.compactMap { $0.isNull ? nil : $0.scalar?.string }
            return texts.count == items.count ? texts : nil
        }
    }

    /// A choice by its name.
    func choice<Value>(_ key: String, _ choices: [String: Value]) -> Value? {
        value(key, "one of \(choices.keys.sorted().joined(separator: ", "))") { node in
            node.scalar.flatMap { choices[$0.string] }
        }
    }

    /// A section below this one; empty if the key is missing.
    func section(_ key: String) -> ConfigurationSection {
        let full = path.isEmpty ? key : "\(path).\(key)"
        let section = ConfigurationSection(node(key), path: full, source: source, report: report)
        return section
    }

    /// The sections of a list, each a mapping.
    func sections(_ key: String) -> [ConfigurationSection] {
        guard let node = node(key) else { return [] }
        guard let items = node.sequence else {
            problem("expected a list, found \(node.shown).", at: key)
            return []
        }
        let full = path.isEmpty ? key : "\(path).\(key)"
        return items.enumerated().map { index, item in
            ConfigurationSection(item, path: "\(full)[\(index)]", source: source, report: report)
        }
    }
}

extension Node {
    var isNull: Bool { scalar != nil && tag == Tag(.null) }

    /// The value as an error message shows it.
    var shown: String {
        if let scalar { return isNull ? "nothing" : "\"\(scalar.string)\"" }
        return mapping != nil ? "keys and values" : "a list"
    }
}
