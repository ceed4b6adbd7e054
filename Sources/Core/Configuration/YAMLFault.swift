import Yams

/// What is wrong with a text that is not YAML, in the words of an administrator and not of LibYAML.
struct YAMLFault {
    /// The line, from 1; nil if it is unknown.
    let line: Int?
    /// What is wrong, and what to do about it.
    let sentence: String

    init(_ error: YamlError, in yaml: String) {
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        switch error {
        case .scanner(let context, let problem, let mark, _):
            line = mark.line
            sentence = Self.sentence(context?.text, problem, at: mark, in: lines)
        case .parser(let context, let problem, let mark, _), .composer(let context, let problem, let mark, _):
            line = mark.line
            sentence = Self.sentence(context?.text, problem, at: mark, in: lines)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let key = duplicates.first ?? ""
            let found = Self.lines(setting: key, at: context.mark, in: lines)
            line = found.count > 1 ? found[1] : context.mark.line
            let places = found.count > 1 ? ", in the lines \(found[0]) and \(found[1])" : ""
            sentence = "the key \(key.sanitized) is set twice\(places). Remove one of them."
        default:
            line = nil
            sentence = "\(error)."
        }
    }

    /// The first line that begins with a byte order mark; nil if none does. Only the one at the start of a file is no part
    /// of the text. A comment may begin with one.
    static func lineOfByteOrderMark(in yaml: String) -> Int? {
        guard yaml.unicodeScalars.contains("\u{FEFF}") else { return nil }
        let lines = yaml.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.firstIndex { line in
            line.first == "\u{FEFF}" && line.dropFirst().first { $0 != " " && $0 != "\u{FEFF}" } != "#"
        }.map { $0 + 1 }
    }

    private static func sentence(_ context: String?, _ problem: String, at mark: Mark, in lines: [Substring]) -> String
    {
        let line = lines.dropFirst(max(0, mark.line - 1)).first ?? ""
        if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t")
            || line.dropFirst(mark.column - 1).first == "\t"
        {
            return "a tab indents this line. Use spaces."
        }
        if context?.contains("alias") ?? false || problem.contains("alias") {
            return "an asterisk begins an alias. If it is a name, write it in quotes: \"*\"."
        }
        return "\(problem)."
    }

    /// The lines that set a key in the mapping that begins at a mark.
    private static func lines(setting key: String, at mark: Mark, in lines: [Substring]) -> [Int] {
        let indent = mark.column - 1
        var found: [Int] = []
        for (index, line) in lines.enumerated().dropFirst(mark.line - 1) {
            // The mapping of a list's item begins behind its hyphen.
            let text = index == mark.line - 1 ? line.dropFirst(indent) : line.drop { $0 == " " }
            guard !text.isEmpty, text.first != "#" else { continue }
            let own = index == mark.line - 1 ? indent : line.count - text.count
            if own < indent { break }
            let written = [key, "\"\(key)\"", "'\(key)'"].first { text.hasPrefix($0) }
            guard own == indent, let written else { continue }
            if text.dropFirst(written.count).drop(while: { $0 == " " }).first == ":" { found.append(index + 1) }
        }
        return found
    }
}
