import Core
import Foundation
import TestSupport
import Testing

@testable import Web

struct ErrorPageTests {
    private static func page(
        _ target: String, _ language: String, cookie: String? = nil, as user: String = "ann@lab"
    ) throws -> String {
        var variables = ["HTTP_ACCEPT": "text/html", "HTTP_ACCEPT_LANGUAGE": language]
        if let cookie { variables["HTTP_COOKIE"] = cookie }
        return try TestSite().get(target, as: user, variables).text
    }

    @Test(arguments: [
        ("de-DE", nil, "de", "Nicht gefunden"), ("en", nil, "en", "Not Found"), ("fr", nil, "en", "Not Found"),
        ("en", "a=b; remotisan_language=de", "de", "Nicht gefunden"),
        ("de", "remotisan_language=en", "en", "Not Found"),
        ("de", "remotisan_language=xx", "de", "Nicht gefunden"),
    ])
    func `a page of an error is in the language of the request`(
        _ accepted: String, _ cookie: String?, _ language: String, _ heading: String
    ) throws {
        let page = try Self.page("/no-such-page", accepted, cookie: cookie)
        #expect(page.contains("<html lang=\"\(language)\">"))
        #expect(page.contains("<h1>\(heading)</h1>"))
    }

    @Test func `the values of a sentence stay text`() throws {
        let sentences = PageSentences(
            module: "export const sentences = {\n  \"a.b\": \"Wert {x} und {y}.\",\n};\n")
        #expect(sentences.text(of: Sentence("a.b", "", ["x": "{y}", "y": "2"])) == "Wert {y} und 2.")
        #expect(sentences.text(of: Sentence("a.c", "English.", [:])) == "English.")
        #expect(PageSentences(module: "no module").text(of: Sentence("a.b", "English.", [:])) == "English.")
    }
}
