import Core
import Foundation
import TestSupport
import Testing

@testable import Web

struct PageAssetsTests {
    private static func directory(_ files: [String: String]) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(directory.path)/\(name)"))
        }
        return directory
    }

    @Test func `values stand in their places, sanitized, and are not looked through again`() throws {
        let directory = try Self.directory(["index.html": "<{{a}}|{{b}}|{{none}}>{{", "main.js": ""])
        let assets = try PageAssets(directory: directory.path)
        #expect(assets.page(["a": "<&>\"'\u{301}", "b": "{{a}}"]) == "<&lt;&amp;&gt;&quot;&#39;\u{301}|{{a}}|>{{")
    }

    @Test func `the files of views are used, and the version changes with each of them`() throws {
        let first = try Self.directory(["index.html": "x", "main.js": "1;", "page.css": "a{}", "notes.txt": "no"])
        let second = try Self.directory(["index.html": "x", "main.js": "2;", "page.css": "a{}"])
        let assets = try PageAssets(directory: first.path)
        #expect(assets["page.css"].map { $0.bytes } == Array("a{}".utf8))
        #expect(assets["notes.txt"] == nil)
        #expect(assets["page.js"].map { String(decoding: $0.bytes, as: UTF8.self) } == "\"use strict\";\n1;\n")
        #expect(assets.version != (try PageAssets(directory: second.path).version))
        #expect(assets.version == (try PageAssets(directory: first.path).version))
    }

    @Test func `text that moves from one file to another is another version`() throws {
        let first = try Self.directory(["index.html": "x", "main.js": "", "a.css": "ab", "b.css": ""])
        let second = try Self.directory(["index.html": "x", "main.js": "", "a.css": "a", "b.css": "b"])
        #expect(try PageAssets(directory: first.path).version != PageAssets(directory: second.path).version)
    }

    @Test func `views without a page are said at the start`() throws {
        let empty = try Self.directory([:])
        let bare = try Self.directory(["index.html": "x"])
        for path in ["/nonexistent", empty.path, bare.path] {
            let problem = #expect(throws: PageAssetsError.self) { try PageAssets(directory: path) }
            let text = try #require(problem).description
            #expect(!text.contains("Domain="), "\(text)")
        }
    }
}
