import Core
import Crypto
import Foundation
import Page

/// The files of the page, from this program or from the directory that `views` names.
struct PageAssets: Sendable {
    /// A file as it is served.
    struct Asset: Sendable {
        let type: String
        let bytes: [UInt8]
    }

    /// Changes whenever a file does.
    let version: String
    private let template: String
    private let assets: [String: Asset]

    /// Takes the files of a directory, or our own.
    ///
    /// - Throws: ``PageAssetsError``.
    init(directory: String?) throws {
        let files = try directory.map(Self.read) ?? EmbeddedPage.files
        guard let page = files["index.html"] else { throw PageAssetsError(description: "The page has no index.html.") }
        template = String(decoding: page, as: UTF8.self)
        var assets: [String: Asset] = [:]
        for (name, bytes) in files where name.hasSuffix(".svg") {
            assets[name] = Asset(type: "image/svg+xml", bytes: bytes)
        }
        let texts = files.mapValues { String(decoding: $0, as: UTF8.self) }
        for name in files.keys where name.hasSuffix(".css") {
            let style = try StyleBundle(entry: name, sheets: texts)
            assets[name] = Asset(type: "text/css; charset=utf-8", bytes: Array(style.text.utf8))
        }
        let bundle = try ModuleBundle(entry: "main.js", modules: texts)
        assets["page.js"] = Asset(type: "text/javascript; charset=utf-8", bytes: Array(bundle.text.utf8))
        self.assets = assets
        var hash = SHA256()
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\(name) \(bytes.count)\n".utf8))
            hash.update(data: bytes)
        }
        version = hash.finalize().prefix(6).hexadecimal
    }

    /// A file by the name in its address.
    subscript(name: String) -> Asset? {
        assets[name]
    }

    /// The page with values in the place of `{{name}}`, sanitized in HTML.
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

    private static func escaped(_ text: String) -> String {
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

    private static func read(_ directory: String) throws -> [String: [UInt8]] {
        do {
            var files: [String: [UInt8]] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
                guard [".html", ".css", ".js", ".svg"].contains(where: name.hasSuffix) else { continue }
                files[name] = Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")))
            }
            return files
        } catch {
            throw PageAssetsError(
                description: """
                    The page's files cannot be read from \(directory) (views): \((error as NSError).localizedDescription) \
                    `remotisan-broker export page \(directory)` puts them there.
                    """)
        }
    }
}

/// What can be wrong with the files of the page.
struct PageAssetsError: Error, CustomStringConvertible {
    let description: String
}
