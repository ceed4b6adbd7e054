import Foundation
import Page
import Testing

@testable import Web

struct EmbeddedPageTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../Sources/Page/assets").standardizedFileURL

    @Test func `the embedded files are those of the directory`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path)
        #expect(EmbeddedPage.files.keys.sorted() == names.sorted())
    }

    @Test func `each stands under its own name`() throws {
        for (name, bytes) in EmbeddedPage.files {
            let file = try Data(contentsOf: Self.directory.appending(path: name))
            #expect(Array(file) == bytes, "\(name)")
        }
    }

    @Test func `the bundle of our own modules holds each module once and no import`() throws {
        let modules = EmbeddedPage.files.mapValues { String(decoding: $0, as: UTF8.self) }
        let text = try ModuleBundle(entry: "main.js", modules: modules).text
        for line in text.split(separator: "\n") {
            #expect(!line.hasPrefix("import ") && !line.hasPrefix("export "), "\(line)")
        }
        // Joined modules share one scope: no two may declare the same name.
        var declared: [Substring: Int] = [:]
        for line in text.split(separator: "\n") where line.first != " " {
            let words = line.split(whereSeparator: { " (={;".contains($0) })
            let word = words.first == "async" ? words.dropFirst() : words[...]
            if let kind = word.first, ["function", "class", "const", "let", "var"].contains(kind), word.count > 1 {
                declared[word[word.startIndex + 1], default: 0] += 1
            }
        }
        #expect(declared.filter { $0.value > 1 }.isEmpty)
        #expect(declared.count > 100)
        for (name, source) in modules where name.hasSuffix(".js") {
            let line = try #require(source.split(separator: "\n").last { $0.count > 20 && !$0.hasPrefix("export ") })
            #expect(text.contains(line), "\(name) is not in the bundle.")
        }
    }
}
