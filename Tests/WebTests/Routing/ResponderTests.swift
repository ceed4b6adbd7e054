import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct ResponderTests {
    @Test(arguments: [
        ("GET", "/execute", "POST"), ("DELETE", "/history", "GET, HEAD"), ("POST", "/", "GET, HEAD"),
        ("HEAD", "/execute", "POST"), ("OPTIONS", "/commands", "GET, HEAD"), ("GET", "/kill/x", "POST"),
        ("get", "/commands", "GET, HEAD"), ("PUT", "/execute/x", "GET, HEAD"), ("", "/commands", "GET, HEAD"),
    ])
    func `a wrong method is 405 and lists the right ones`(_ method: String, _ target: String, _ allowed: String) throws
    {
        for user in [nil, "ann@lab"] {
            let response = try TestSite().get(target, as: user, method: method)
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[.allow] == allowed)
            #expect(try response.message?.contains(allowed) == true)
        }
    }

    @Test(arguments: ["/nothing", "/execute/a/b", "/execute/a/log/x", "/assets", "/kill", "/openapi", "/commands/x"])
    func `an unknown path is 404`(_ target: String) throws {
        let response = try TestSite().get(target)
        #expect(response.status == .notFound)
        #expect(try response.text == #"{"message":"Not Found"}"#)
    }

    @Test func `HEAD is answered like GET`() throws {
        let site = try TestSite()
        for target in ["/", "/commands", "/history", "/health"] {
            let head = site.get(target, method: "HEAD")
            #expect(head.status == .ok)
            #expect(head.headers[.contentType] == site.get(target).headers[.contentType])
        }
    }

    @Test(arguments: ["/", "/commands", "/nothing", "/assets/page.js", "/health", "/metrics", "/execute/x"])
    func `every answer has the security header fields`(_ target: String) throws {
        for user in [nil, "ann@lab", "root@lab"] {
            let response = try TestSite().get(target, as: user)
            #expect(response.headers[.xContentTypeOptions] == "nosniff")
            for name in [HTTPField.Name.referrerPolicy, .resourcePolicy, .openerPolicy] {
                #expect(response.headers[name] == "same-origin")
            }
            #expect(response.headers[.cacheControl] != nil)
            let policy = try #require(response.headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            let names = response.headers.map(\.name.canonicalName)
            #expect(Set(names).count == names.count, "No field occurs twice.")
        }
    }

    @Test func `a store that fails is 500, and the answer shows no SQL and no path`() throws {
        let site = try TestSite(isMigrated: false)
        for target in ["/history", "/execute/\(JobUUID())?offset=0", "/filters", "/health"] {
            let response = site.get(target)
            #expect(response.status == (target == "/health" ? .serviceUnavailable : .internalServerError))
            let text = try response.text
            for word in ["SELECT", "SQL", "remotisan_", site.storage.directory] { #expect(!text.contains(word)) }
        }
        #expect(try site.get("/health").text == #"{"status":"failing","store":"missing table"}"#)
    }

    @Test func `a copy of a living instance answers every request with 503 and the reason`() throws {
        let site = try TestSite(
            condition: InstanceCondition(configurationProblem: { nil }, refusal: { "The storage is a copy." }))
        for target in ["/", "/commands", "/history", "/health", "/nothing", "/assets/page.js"] {
            for user in [nil, "ann@lab"] {
                let response = site.get(target, as: user)
                #expect(response.status == .serviceUnavailable)
                #expect(try response.message == "The storage is a copy.")
                #expect(response.headers[.retryAfter] != nil)
            }
        }
        #expect(site.post("/execute", #"{"command":"only:a","params":""}"#).status == .serviceUnavailable)
    }

    @Test func `health says that the changed configuration is not in use, and not why`() throws {
        #expect(try TestSite().get("/health").text == #"{"status":"ok"}"#)
        let site = try TestSite(
            condition: InstanceCondition(configurationProblem: { "/etc/x: secret" }, refusal: { nil }))
        let response = site.get("/health", as: nil)
        #expect(response.status == .ok)
        #expect(try response.json["configuration"]?.text == "not in use")
        #expect(try !response.text.contains("secret"))
    }
}
