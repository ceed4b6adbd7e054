import Core
import Foundation
import Page
import TestSupport
import Testing

@testable import Web

struct PageAssetsTests {
    private static func directory(_ files: [String: String]) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for (path, text) in files {
            let file = URL(fileURLWithPath: "\(directory.path)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return directory
    }

    private static func text(_ name: String, _ assets: PageAssets) -> String? {
        assets[name].map { String(decoding: $0.content.bytes, as: UTF8.self) }
    }

    @Test func `placeholders are replaced by escaped values, and not in the values themselves`() throws {
        let directory = try Self.directory(["index.html": "<{{a}}|{{b}}|{{none}}>{{", "main.js": ""])
        let assets = try PageAssets(directory: directory.path)
        #expect(assets.page(["a": "<&>\"'\u{301}", "b": "{{a}}"]) == "<&lt;&amp;&gt;&quot;&#39;\u{301}|{{a}}|>{{")
    }

    @Test func `the files of the page directory are used, and any change to them changes the version`() throws {
        let first = try Self.directory(["index.html": "x", "main.js": "1;", "page.css": "a{}", "notes.txt": "no"])
        let second = try Self.directory(["index.html": "x", "main.js": "2;", "page.css": "a{}"])
        let assets = try PageAssets(directory: first.path)
        #expect(Self.text("page.css", assets) == "a{}")
        #expect(assets["notes.txt"] == nil)
        #expect(Self.text("page.js", assets) == "\"use strict\";\n1;\n")
        #expect(assets.version != (try PageAssets(directory: second.path).version))
        #expect(assets.version == (try PageAssets(directory: first.path).version))
    }

    @Test func `text that moves from one file to another changes the version`() throws {
        let first = try Self.directory(["index.html": "x", "main.js": "", "a.css": "ab", "b.css": ""])
        let second = try Self.directory(["index.html": "x", "main.js": "", "a.css": "a", "b.css": "b"])
        #expect(try PageAssets(directory: first.path).version != PageAssets(directory: second.path).version)
    }

    @Test func `files in folders are joined, and only files at the top are served`() throws {
        let directory = try Self.directory([
            "index.html": "x",
            "main.js": "import { a } from \"./log/a.js\";\na();", "log/a.js": "export const a = 1;",
            "page.css": "@import \"log/log.css\";", "log/log.css": "l {}",
            "logo.svg": "<svg/>", "log/inner.svg": "<svg/>",
            ".git/old.js": "syntax error", "log/deeper/b.js": "too deep",
        ])
        let assets = try PageAssets(directory: directory.path)
        #expect(Self.text("page.js", assets) == "\"use strict\";\nconst a = 1;\na();\n")
        #expect(Self.text("page.css", assets) == "l {}")
        #expect(assets["logo.svg"] != nil)
        #expect(assets["log.css"] == nil && assets["log/log.css"] == nil && assets["inner.svg"] == nil)
    }

    @Test func `the built-in files, written into a directory, are the same page`() throws {
        let files = EmbeddedPage.files.mapValues { String(decoding: $0, as: UTF8.self) }
        let directory = try Self.directory(files)
        #expect(try PageAssets(directory: directory.path).version == PageAssets(directory: nil).version)
    }

    @Test func `a directory that a version without folders exported still works`() throws {
        var files = [
            "index.html": "<script src=\"{{base}}/assets/page.js\">",
            "main.js": "import { api } from \"./api.js\";\nimport { h } from \"./dom.js\";\nh(api);",
            "api.js": "import { h } from \"./dom.js\";\nexport const api = 1;", "dom.js": "export function h() {}",
            "page.css": "@import \"base.css\";\np {}", "base.css": "b {}",
        ]
        let script = "\"use strict\";\nfunction h() {}\nconst api = 1;\nh(api);\n"
        let oldDirectory = try Self.directory(files)
        let old = try PageAssets(directory: oldDirectory.path)
        #expect(Self.text("page.js", old) == script)
        #expect(Self.text("page.css", old) == "b {}\np {}")
        // Exporting into it again without `--force` keeps the old files and adds the new ones beside them.
        for (path, bytes) in EmbeddedPage.files where files[path] == nil {
            files[path] = String(decoding: bytes, as: UTF8.self)
        }
        let mixedDirectory = try Self.directory(files)
        let mixed = try PageAssets(directory: mixedDirectory.path)
        #expect(Self.text("page.js", mixed) == script)
    }

    @Test func `a page directory without a page is an error that names no internals`() throws {
        let empty = try Self.directory([:])
        let withoutModules = try Self.directory(["index.html": "x"])
        for path in ["/nonexistent", empty.path, withoutModules.path] {
            let error = #expect(throws: PageError.self) { try PageAssets(directory: path) }
            let text = try #require(error).description
            #expect(!text.contains("Domain="), "\(text)")
            #expect(text.hasSuffix("."), "\(text)")
        }
    }
}
