import Foundation
import Page
import Testing

@testable import Web

struct EmbeddedPageTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../Sources/Page/assets").standardizedFileURL

    @Test func `the embedded files are those of the directory and its folders`() throws {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.directory.path).filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: Self.directory.appending(path: path).path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }
        #expect(EmbeddedPage.files.keys.sorted() == paths.sorted())
    }

    @Test func `each file is embedded under its own path`() throws {
        for (path, bytes) in EmbeddedPage.files {
            let file = try Data(contentsOf: Self.directory.appending(path: path))
            #expect(Array(file) == bytes, "\(path)")
        }
    }

    @Test func `the joined script contains each module once and no import`() throws {
        let modules = EmbeddedPage.files.mapValues { String(decoding: $0, as: UTF8.self) }
        let text = try ModuleBundle(entry: "main.js", modules: modules).text
        for line in text.split(separator: "\n") {
            #expect(!line.hasPrefix("import ") && !line.hasPrefix("export "), "\(line)")
        }
        // Joined modules share one scope, so no two may declare the same name.
        var declared: [Substring: Int] = [:]
        let translations = PageLanguage.all(in: modules.keys).filter { $0 != PageLanguage.fallback }
            .flatMap { [PageLanguage.path(of: $0), PageLanguage.pathOfSentences(in: $0)] }
        let sources = modules.filter { $0.key.hasSuffix(".js") && !translations.contains($0.key) }.values
        for line in sources.flatMap({ $0.split(separator: "\n") }) where line.first != " " {
            let words = line.split(whereSeparator: { " (={;".contains($0) })
            let word = words.drop { $0 == "export" || $0 == "async" }
            if let kind = word.first, ["function", "class", "const", "let", "var"].contains(kind), word.count > 1 {
                declared[word[word.startIndex + 1], default: 0] += 1
            }
        }
        #expect(declared.filter { $0.value > 1 }.isEmpty)
        #expect(declared.count > 100)
        // The server writes the English sentences, so their module is empty.
        let unread = translations + [PageLanguage.pathOfSentences(in: PageLanguage.fallback)]
        for (path, source) in modules where path.hasSuffix(".js") && !unread.contains(path) {
            let line = try #require(
                source.split(separator: "\n").last {
                    $0.count > 20 && !$0.hasPrefix("export ") && !$0.drop { $0 == " " }.hasPrefix("//")
                })
            #expect(text.contains(line.drop { $0 == " " }), "\(path) is not in the joined script.")
        }
    }
}
