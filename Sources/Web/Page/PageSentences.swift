import Core
import Foundation

/// The sentences of the server in the language of a page, by code, as `sentences.de.js` has them.
struct PageSentences: Sendable {
    private let texts: [String: String]

    /// No sentences: all stay English.
    init() {
        texts = [:]
    }

    /// Reads a module. It consists of one object in the form of JSON, except for its last comma.
    init(module: String) {
        guard let open = module.range(of: "sentences = {"), let close = module.range(of: "\n};") else {
            texts = [:]
            return
        }
        var members = module[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
        if members.hasSuffix(",") { members.removeLast() }
        texts = (try? JSONDecoder().decode([String: String].self, from: Data("{\(members)}".utf8))) ?? [:]
    }

    /// The text of a sentence in this language, or else its English words.
    func text(of sentence: Sentence) -> String {
        guard var rest = texts[sentence.code].map({ $0[...] }) else { return sentence.description }
        var text = ""
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            text += rest[..<open] + (sentence.values[name] ?? "{\(name)}")
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}
