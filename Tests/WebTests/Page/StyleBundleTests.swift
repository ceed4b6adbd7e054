import Page
import Testing

@testable import Web

struct StyleBundleTests {
    @Test func `each import is replaced by the imported style sheet, once`() throws {
        let bundle = try StyleBundle(
            entry: "page.css",
            sheets: [
                "page.css": "@import \"log/a.css\";\n@import \"shared/b.css\";\np {}\n",
                "log/a.css": "@import \"../shared/b.css\";\na {}",
                "shared/b.css": "@import \"../log/a.css\";\nb {}",
            ])
        #expect(bundle.text.split(separator: "\n") == ["b {}", "a {}", "p {}"])
    }

    @Test func `imports of another form or another host are left to the browser`() throws {
        let text = """
            @import url(a.css);
            @import "../outside.css";
            @import "/absolute.css";
            @import "https://example.org/x.css";
            @import "a.css" print;
            x {} @import "a.css";

            """
        #expect(try StyleBundle(entry: "page.css", sheets: ["page.css": text]).text == text)
    }

    @Test(arguments: ["none.css", "log/none.css"])
    func `a missing style sheet is an error`(_ path: String) {
        #expect(throws: PageError.self) {
            try StyleBundle(entry: "page.css", sheets: ["page.css": "@import \"\(path)\";"])
        }
    }

    @Test func `the style of the built-in page is complete in one answer`() throws {
        let text = try PageAssets(directory: nil)["page.css"].map { String(decoding: $0.content.bytes, as: UTF8.self) }
        let style = try #require(text)
        #expect(!style.contains("@import"))
        for (path, bytes) in EmbeddedPage.files where path.hasSuffix(".css") && path != "page.css" {
            #expect(style.contains(String(decoding: bytes, as: UTF8.self)), "\(path)")
        }
    }
}
