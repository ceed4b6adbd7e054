import Core
import Crypto
import Foundation
import Page

/// The files of the page: those built into this program, or those of the directory that `page_directory` names.
struct PageAssets: Sendable {
    /// A file as it is served.
    struct Asset: Sendable {
        let type: String
        let content: CompressedBytes
    }

    /// A hash over all files. It is part of the addresses in the page, so that browsers may cache the files for ever.
    let version: String
    /// The languages of the page, such as `de`. The script of a language is `page.de.js`; `page.js` is the English one.
    let languages: [String]
    private let template: String
    private let assets: [String: Asset]
    private let sentences: [String: PageSentences]

    /// Reads the files of a directory; without one, the built-in files are used.
    ///
    /// - Parameter isCompressed: Whether the files are also sent in compressed forms.
    /// - Throws: ``PageError`` if files are missing, unreadable or cannot be joined.
    init(directory: String?, isCompressed: Bool = true) throws(PageError) {
        let files = try directory.map(Self.read) ?? EmbeddedPage.files
        guard let page = files["index.html"] else { throw PageError("The page has no index.html.") }
        template = String(decoding: page, as: UTF8.self)
        var assets: [String: Asset] = [:]
        for (path, bytes) in files where path.hasSuffix(".svg") && !path.contains("/") {
            assets[path] = Asset(type: "image/svg+xml", content: CompressedBytes(bytes, isCompressed: isCompressed))
        }
        let texts = files.mapValues { String(decoding: $0, as: UTF8.self) }
        for path in files.keys where path.hasSuffix(".css") && !path.contains("/") {
            let style = try StyleBundle(entry: path, sheets: texts)
            assets[path] = Asset(
                type: "text/css; charset=utf-8",
                content: CompressedBytes(Array(style.text.utf8), isCompressed: isCompressed))
        }
        func script(_ replaced: [String: String] = [:]) throws(PageError) -> Asset {
            let bundle = try ModuleBundle(entry: "main.js", modules: texts.merging(replaced) { $1 })
            return Asset(
                type: "text/javascript; charset=utf-8",
                content: CompressedBytes(Array(bundle.text.utf8), isCompressed: isCompressed))
        }
        let english = try script()
        assets["page.js"] = english
        assets["page.\(PageLanguage.fallback).js"] = english
        languages = PageLanguage.all(in: files.keys)
        // The modules import the English texts. The script of another language has its texts in their place.
        var sentences: [String: PageSentences] = [:]
        for language in languages where language != PageLanguage.fallback {
            var replaced: [String: String] = [:]
            for path in [PageLanguage.path, PageLanguage.pathOfSentences] {
                if let module = texts[path(language)] { replaced[path(PageLanguage.fallback)] = module }
            }
            assets["page.\(language).js"] = try script(replaced)
            sentences[language] = PageSentences(module: texts[PageLanguage.pathOfSentences(in: language)] ?? "")
        }
        self.assets = assets
        self.sentences = sentences
        var hash = SHA256()
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\(path) \(bytes.count)\n".utf8))
            hash.update(data: bytes)
        }
        version = hash.finalize().prefix(6).hexadecimal
    }

    /// A file by its name in the address, such as `page.css`.
    subscript(name: String) -> Asset? {
        assets[name]
    }

    /// The sentences of the server in a language. English ones are in the program.
    func sentences(in language: String) -> PageSentences {
        sentences[language] ?? PageSentences()
    }

    /// The page with each `{{name}}` replaced by its value, escaped for HTML.
    func page(_ values: [String: String]) -> String {
        var page = ""
        var rest = template[...]
        while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
            page += rest[..<open.lowerBound]
            page += Self.escaped(values[String(rest[open.upperBound..<close.lowerBound])] ?? "")
            rest = rest[close.upperBound...]
        }
        return page + rest
    }

    /// A text for the content of an element or the value of an attribute.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// Reads the files of a directory and of its folders, one level deep.
    ///
    /// A directory that an earlier version exported has no folders. Its modules import each other by `./name.js`, so it
    /// works as it is.
    private static func read(_ directory: String) throws(PageError) -> [String: [UInt8]] {
        let manager = FileManager.default
        do {
            var files: [String: [UInt8]] = [:]
            for name in try manager.contentsOfDirectory(atPath: directory) where !name.hasPrefix(".") {
                var isFolder: ObjCBool = false
                let isThere = manager.fileExists(atPath: "\(directory)/\(name)", isDirectory: &isFolder)
                let inFolder =
                    isThere && isFolder.boolValue
                    ? try manager.contentsOfDirectory(atPath: "\(directory)/\(name)").map { "\(name)/\($0)" } : [name]
                for path in inFolder where [".html", ".css", ".js", ".svg"].contains(where: path.hasSuffix) {
                    files[path] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(path)")))
                }
            }
            return files
        } catch {
            throw PageError(
                """
                page_directory: The files of the page cannot be read from \(directory): \
                \((error as NSError).localizedDescription) \
                Write them there with `remotisan-broker export page \(directory)`.
                """)
        }
    }
}

/// The files of the page cannot be used.
struct PageError: Error, CustomStringConvertible {
    /// A sentence for the administrator.
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
