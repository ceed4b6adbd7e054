import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct PageEndpointTests {
    @Test(arguments: ["", "/"])
    func `the page is served with and without a slash, and has its values`(_ target: String) throws {
        let response = try TestSite().get(target)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        let text = try response.text
        #expect(text.contains("<meta name=\"csrf-token\" content=\""))
        #expect(text.contains("<meta name=\"remotisan-base\" content=\"/remotisan\">"))
        #expect(text.contains("<meta name=\"remotisan-user\" content=\"ann@lab\">"))
        #expect(text.contains("<meta name=\"remotisan-super\" content=\"false\">"))
        #expect(!text.contains("{{"))
    }

    @Test(arguments: ["/", "/history", "/nonsense"])
    func `a browser gets a refusal as a page`(_ target: String) throws {
        let browser = ["HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8", "HTTP_SEC_FETCH_MODE": "navigate"]
        let response = try TestSite().get(target, as: nil, browser)
        #expect(response.status == (target == "/nonsense" ? .notFound : .unauthorized))
        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
        #expect(
            try response.text.contains(target == "/nonsense" ? "<h1>Not Found</h1>" : "<h1>You are not logged in</h1>"))
        #expect(try response.text.contains("/remotisan/assets/page.css?v="))
    }

    @Test(arguments: [
        [:], ["HTTP_ACCEPT": "*/*"], ["HTTP_ACCEPT": "application/json"],
        ["HTTP_ACCEPT": "text/html", "HTTP_SEC_FETCH_MODE": "cors"],
    ])
    func `a program gets a refusal as JSON`(_ headers: [String: String]) throws {
        let response = try TestSite().get("/", as: nil, headers)
        #expect(response.headers[.contentType] == "application/json")
        #expect(try response.json["message"] != nil)
    }

    @Test func `a user name is escaped in HTML`() throws {
        let name = "\"><script>alert('x')</script>&amp;{{csrf}}"
        let text = try TestSite().get("/", as: name).text
        #expect(text.contains("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;{{csrf}}"))
        #expect(!text.contains("<script>"))
    }

    @Test func `the page has no inline scripts or styles`() throws {
        let response = try TestSite().get("/")
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.contains("script-src 'self'"))
        #expect(!policy.contains("unsafe"))
        let text = try response.text
        #expect(!text.contains("style=\""))
        #expect(!text.contains("onclick"))
        for script in text.split(separator: "<script").dropFirst() {
            #expect(script.contains("src=\""))
            #expect(script.split(separator: ">", maxSplits: 1).last?.hasPrefix("</script>") == true)
        }
    }

    @Test func `each answer has another CSRF token`() throws {
        let site = try TestSite()
        #expect(try site.get("/").text != site.get("/").text)
    }
}
