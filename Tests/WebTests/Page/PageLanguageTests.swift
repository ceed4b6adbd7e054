import Testing

@testable import Web

struct PageLanguageTests {
    @Test(
        arguments: [
            (nil, "en"), ("", "en"), ("de", "de"), ("de-AT,en;q=0.8", "de"), ("DE", "de"), ("fr", "en"),
            ("fr,de;q=0.5", "de"), ("en-GB,en;q=0.9,de;q=0.8", "en"), ("de;q=0.2, en;q=0.3", "en"), ("de;q=0", "en"),
            ("*;q=0.5,de", "de"), ("*", "en"), ("de;q=x", "en"), (",;,-", "en"),
        ] as [(String?, String)])
    func `the language is the one that the browser prefers among those of the page`(
        _ header: String?, _ language: String
    ) {
        #expect(PageLanguage.preferred(header, among: ["de", "en"]) == language)
    }

    @Test func `a language is a module of strings`() {
        let paths = ["main.js", "strings/strings.en.js", "strings/strings.de.js", "strings/text.js", "log/log.de.js"]
        #expect(PageLanguage.all(in: paths) == ["de", "en"])
        #expect(PageLanguage.all(in: ["main.js"]) == ["en"])
    }

    @Test func `the page names its language and the script of it, which has no strings of another one`() throws {
        let site = try TestSite()
        let page = site.get("/", ["HTTP_ACCEPT_LANGUAGE": "de-DE,de;q=0.9,en;q=0.8"])
        #expect(page.headers[.vary] == "Accept-Language, Cookie")
        #expect(try page.text.contains("<html lang=\"de\">"))
        #expect(try page.text.contains("/remotisan/assets/page.de.js?v="))
        let german = try site.get("/assets/page.de.js").text
        let english = try site.get("/assets/page.en.js").text
        #expect(german.contains("Abbrechen") && !german.contains("\"Loading…\""))
        #expect(english.contains("\"Loading…\"") && !english.contains("Abbrechen"))
        #expect(try site.get("/assets/page.js").text == english)
        #expect(site.get("/assets/page.xx.js").status == .notFound)
    }
}
