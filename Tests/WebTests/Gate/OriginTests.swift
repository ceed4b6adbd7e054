import Core
import TestSupport
import Testing

@testable import Web

struct OriginTests {
    static let cases: [([String: String], String)] = [
        (["HTTP_HOST": "ops.lab"], "http://ops.lab"),
        (["HTTP_HOST": "ops.lab:8080"], "http://ops.lab:8080"),
        (["HTTP_HOST": "ops.lab", "SERVER_PORT": "8080"], "http://ops.lab:8080"),
        (["HTTP_HOST": "ops.lab:8080", "SERVER_PORT": "9090"], "http://ops.lab:8080"),
        (["HTTP_HOST": "ops.lab", "SERVER_PORT": "80"], "http://ops.lab"),
        (["HTTP_HOST": "ops.lab", "SERVER_PORT": ""], "http://ops.lab"),
        (["HTTP_HOST": "ops.lab", "SERVER_PORT": "443", "HTTPS": "on"], "https://ops.lab"),
        (["HTTP_HOST": "ops.lab", "SERVER_PORT": "443", "REQUEST_SCHEME": "https"], "https://ops.lab"),
        (["HTTP_HOST": "ops.lab", "SERVER_PORT": "8443", "HTTPS": "1"], "https://ops.lab:8443"),
        (["HTTP_HOST": "ops.lab", "HTTPS": "off"], "http://ops.lab"),
        (["HTTP_HOST": "ops.lab", "HTTPS": ""], "http://ops.lab"),
        (["HTTP_HOST": "[::1]", "SERVER_PORT": "8080"], "http://[::1]:8080"),
        (["HTTP_HOST": "[::1]:8080", "SERVER_PORT": "8080"], "http://[::1]:8080"),
        (["HTTP_HOST": "evil\"><script>", "SERVER_NAME": "ops.lab"], "http://ops.lab"),
        (["HTTP_HOST": "a/b", "SERVER_NAME": "ops.lab"], "http://ops.lab"),
        (["HTTP_HOST": "", "SERVER_NAME": "ops.lab", "SERVER_PORT": "81"], "http://ops.lab:81"),
        (
            ["HTTP_X_FORWARDED_HOST": "evil", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "ops.lab"],
            "http://ops.lab"
        ),
        ([:], "http://localhost"),
        (["HTTP_HOST": "lab.example:80"], "http://lab.example"),
        (["HTTP_HOST": "lab.example:443", "HTTPS": "on"], "https://lab.example"),
        (["HTTP_HOST": "lab.example:443"], "http://lab.example:443"),
        (["HTTP_HOST": "[::1]:80"], "http://[::1]"),
        (["HTTP_HOST": "[::80]"], "http://[::80]"),
    ]

    @Test(arguments: cases)
    func `scheme, host and port come from the request`(_ variables: [String: String], _ expected: String) throws {
        let request = try Request(
            variables: CGIVariables((variables.merging(["REQUEST_URI": "/remotisan"]) { $1 }).map { ($0, $1) }),
            url: ["remotisan"])
        #expect(Origin(publicURL: nil).origin(of: request) == expected)
        #expect(Origin(publicURL: nil).base(of: request) == expected + "/remotisan")
    }

    @Test func `public_url decides if it is configured`() throws {
        let request = try Request(
            variables: CGIVariables([("REQUEST_URI", "/remotisan"), ("HTTP_HOST", "10.0.0.7:8080")]), url: ["remotisan"]
        )
        let origin = Origin(publicURL: "https://ops.example.com/tools/remotisan")
        #expect(origin.origin(of: request) == "https://ops.example.com")
        #expect(origin.base(of: request) == "https://ops.example.com/tools/remotisan")
    }

    @Test func `links of the history begin with public_url`() throws {
        let site = try TestSite(Configuration.sampleText + "public_url: https://ops.example.com/remotisan/\n")
        let json = try site.get("/history").json
        #expect(json["first_page_url"]?.text == "https://ops.example.com/remotisan/history?page=1")
    }

    /// (public_url, REQUEST_URI of the page, its base)
    static let bases: [(String?, String, String)] = [
        (nil, "/remotisan/", "/remotisan"),
        ("https://ops.example.com", "/remotisan/", "/remotisan"),
        ("https://ops.example.com/", "/remotisan/", "/remotisan"),
        ("https://ops.example.com/remotisan", "/remotisan/", "/remotisan"),
        // The proxy removes or changes a part of the path.
        ("https://ops.example.com/tools/remotisan/", "/remotisan/", "/tools/remotisan"),
        ("http://ops.example.com:8080/ops", "/remotisan", "/ops"),
        // It removes the whole path.
        ("https://ops.example.com/ops", "/", "/ops"),
        ("https://ops.example.com/a/b/c", "/", "/a/b/c"),
    ]

    @Test(arguments: bases)
    func `the page uses the path that browsers see`(_ publicURL: String?, _ target: String, _ base: String) throws {
        let site = try TestSite(
            Configuration.sampleText + (publicURL.map { "public_url: \($0)\n" } ?? ""))
        let page = site.respond([
            "REQUEST_METHOD": "GET", "REQUEST_URI": target, "REMOTISAN_USER": "ann@lab", "HTTP_HOST": "inner:8080",
        ])
        #expect(page.status == .ok)
        let text = try page.text
        #expect(text.contains("content=\"\(base)\"") || text.contains("\"\(base)/assets/"), "\(text.prefix(600))")
        #expect(!text.contains("\"/assets/"))
    }

    @Test(arguments: [
        ("https://ops.example.com", "https://ops.example.com", true),
        ("https://ops.example.com:443/x", "https://ops.example.com", true),
        ("http://Ops.Example.com:80", "http://ops.example.com", true),
        ("http://ops.example.com:8080", "http://ops.example.com:8080", true),
        ("https://ops.example.com", "http://ops.example.com", false),
        ("https://ops.example.com:8443", "https://ops.example.com", false),
    ])
    func `the origin of public_url is that of browsers`(_ publicURL: String, _ origin: String, _ isOwn: Bool) throws {
        let request = try Request(variables: CGIVariables([("HTTP_ORIGIN", origin)]), url: [], isPublic: true)
        #expect((Origin(publicURL: publicURL).relation(of: request) == .own) == isOwn)
    }

    @Test func `the refusal behind a proxy that changes Host says what mends it`() throws {
        let body = #"{"command":"no:such"}"#
        let headers = ["HTTP_HOST": "10.0.0.7:8080", "HTTP_ORIGIN": "http://ops.example.com"]
        let plain = try TestSite().post("/execute", body, with: headers)
        #expect(plain.status == .forbidden)
        let message = try #require(try plain.message)
        for part in ["http://ops.example.com", "http://10.0.0.7:8080", "set public_url"] {
            #expect(message.contains(part), "\(message)")
        }
        let mended = try TestSite(Configuration.sampleText + "public_url: http://ops.example.com/remotisan\n")
        #expect(mended.post("/execute", body, with: headers).status == .badRequest)
        let wrong = try TestSite(Configuration.sampleText + "public_url: http://ops.example.org/remotisan\n")
        #expect(try wrong.post("/execute", body, with: headers).message?.contains("correct public_url") == true)
        // A browser that says so itself is not told how to mend it.
        let foreign = try TestSite().post("/execute", body, with: ["HTTP_SEC_FETCH_SITE": "cross-site"])
        #expect(try foreign.message?.contains("public_url") == false)
    }
}
