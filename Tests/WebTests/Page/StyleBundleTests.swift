import Page
import Testing

@testable import Web

struct StyleBundleTests {
    @Test func `what a style sheet imports stands in the place of the import, each once`() throws {
        let bundle = try StyleBundle(
            entry: "page.css",
            sheets: [
                "page.css": "@import \"a.css\";\n@import \"b.css\";\np {}\n", "a.css": "@import \"b.css\";\na {}",
                "b.css": "@import \"a.css\";\nb {}",
            ])
        #expect(bundle.text.split(separator: "\n") == ["b {}", "a {}", "p {}"])
    }

    @Test func `imports of another form are the browser's`() throws {
        let text = "@import url(a.css);\n@import \"../x.css\";\n@import \"a.css\" print;\nx {} @import \"a.css\";\n"
        #expect(try StyleBundle(entry: "page.css", sheets: ["page.css": text]).text == text)
    }

    @Test func `one that is missing is said`() {
        #expect(throws: PageAssetsError.self) {
            try StyleBundle(entry: "page.css", sheets: ["page.css": "@import \"none.css\";"])
        }
    }

    @Test func `the page's own style is complete in one answer`() throws {
        let text = try PageAssets(directory: nil)["page.css"].map { String(decoding: $0.bytes, as: UTF8.self) }
        let style = try #require(text)
        #expect(!style.contains("@import"))
        for (name, bytes) in EmbeddedPage.files where name.hasSuffix(".css") && name != "page.css" {
            #expect(style.contains(String(decoding: bytes, as: UTF8.self)), "\(name)")
        }
    }
}
