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
}
