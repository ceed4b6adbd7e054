import Core
import TestSupport
import Testing

@testable import Web

struct ResponderTests {
    @Test(arguments: [
        ("GET", "/execute", "POST"), ("DELETE", "/history", "GET, HEAD"), ("POST", "/", "GET, HEAD"),
        ("HEAD", "/execute", "POST"), ("OPTIONS", "/commands", "GET, HEAD"), ("GET", "/kill/x", "POST"),
        ("get", "/commands", "GET, HEAD"), ("PUT", "/execute/x", "GET, HEAD"), ("", "/commands", "GET, HEAD"),
    ])
    func `another method is 405 and says which there are`(_ method: String, _ target: String, _ allowed: String) throws
    {
        for user in [nil, "ann@lab"] {
            let response = try TestSite().get(target, as: user, method: method)
            #expect(response.status == .methodNotAllowed)
            #expect(response.header("Allow") == allowed)
            #expect(try response.message?.contains(allowed) == true)
        }
    }

    @Test(arguments: ["/nothing", "/execute/a/b", "/execute/a/log/x", "/assets", "/kill", "/openapi", "/commands/x"])
    func `what is not in the table is 404`(_ target: String) throws {
        let response = try TestSite().get(target)
        #expect(response.status == .notFound)
        #expect(try response.text == #"{"message":"Not Found"}"#)
    }

    @Test func `HEAD is GET`() throws {
        let site = try TestSite()
        for target in ["/", "/commands", "/history", "/health"] {
            let head = site.get(target, method: "HEAD")
            #expect(head.status == .ok)
            #expect(head.header("Content-Type") == site.get(target).header("Content-Type"))
        }
    }

    @Test(arguments: ["/", "/commands", "/nothing", "/assets/page.js", "/health", "/metrics", "/execute/x"])
    func `every answer forbids guessing, framing and telling`(_ target: String) throws {
        for user in [nil, "ann@lab", "root@lab"] {
            let response = try TestSite().get(target, as: user)
            #expect(response.header("X-Content-Type-Options") == "nosniff")
            #expect(response.header("Referrer-Policy") == "same-origin")
            #expect(response.header("Cache-Control") != nil)
            let policy = try #require(response.header("Content-Security-Policy"))
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            let names = response.headers.map { $0.name.lowercased() }
            #expect(Set(names).count == names.count, "No field stands twice.")
        }
    }

    @Test func `a store that fails is 500 without a word of SQL`() throws {
        let site = try TestSite(isMigrated: false)
        for target in ["/history", "/execute/\(JobUUID())?offset=0", "/filters", "/health"] {
            let response = site.get(target)
            #expect(response.status == .internalServerError)
            let text = try response.text
            for word in ["SELECT", "SQL", "remotisan_", site.storage.directory] { #expect(!text.contains(word)) }
        }
    }
}
