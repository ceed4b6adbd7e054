import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct GateTests {
    private static let body = #"{"command":"no:such"}"#
    /// The status of the answer to `body` if the gate admits the request.
    private static let admitted = HTTPResponse.Status.badRequest

    private static func post(_ site: TestSite, _ more: [String: String], as user: String? = "ann@lab") -> Response {
        site.post("/execute", body, as: user, with: more)
    }

    @Test(arguments: [
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "", "application/jsonp",
        "application/json2", "text/plain; application/json",
    ])
    func `a body that is not JSON is 415`(_ type: String) throws {
        let response = Self.post(try TestSite(), ["CONTENT_TYPE": type])
        #expect(response.status == .unsupportedMediaType)
    }

    @Test(arguments: ["application/json", "Application/JSON; charset=utf-8", " application/json ;x"])
    func `a body declared as JSON is admitted`(_ type: String) throws {
        #expect(Self.post(try TestSite(), ["CONTENT_TYPE": type]).status == Self.admitted)
    }

    @Test(arguments: ["", "x", ".", "a.b", "AAAA.AAAA", "\u{1F600}.\u{1F600}", "a.b.c"])
    func `an empty or wrong CSRF token is 419`(_ token: String) throws {
        let response = Self.post(try TestSite(), ["HTTP_X_CSRF_TOKEN": token])
        #expect(response.status == .pageExpired)
        #expect(try response.text == #"{"code":"csrf.mismatch","message":"CSRF token mismatch."}"#)
    }

    @Test func `a missing CSRF token is 419 on every POST route`() throws {
        let site = try TestSite()
        for route in site.responder.routes where route.method == .post {
            let target = "/" + route.pattern.joined(separator: "/").replacing("{uuid}", with: "\(JobUUID())")
            let response = site.respond([
                "REQUEST_METHOD": "POST", "REQUEST_URI": "/remotisan" + target, "CONTENT_TYPE": "application/json",
                "REMOTISAN_USER": "ann@lab",
            ])
            #expect(response.status == .pageExpired)
        }
    }

    @Test func `a CSRF token expires`() throws {
        let site = try TestSite()
        let token = CSRFToken(secret: site.storage.secret)
        let now = Clock.seconds()
        func status(madeAt time: Int64) -> HTTPResponse.Status {
            let ann = Person(identifier: "ann@lab", roles: [], isSuperUser: false)
            let text = ann.map { token.make(for: $0, now: time) } ?? ""
            return Self.post(site, ["HTTP_X_CSRF_TOKEN": text]).status
        }
        #expect(status(madeAt: now - CSRFToken.lifetime + 60) == Self.admitted)
        #expect(status(madeAt: now - CSRFToken.lifetime - 1) == .pageExpired)
        #expect(status(madeAt: now + CSRFToken.lifetime + 60) == .pageExpired)
        #expect(status(madeAt: .min) == .pageExpired)
    }

    @Test(arguments: ["/commands", "/history", "/filters", "/openapi.json", "/instances"])
    func `a page of another site cannot load data, and a link to them works`(_ path: String) throws {
        let site = try TestSite()
        let foreign = ["HTTP_SEC_FETCH_SITE": "cross-site"]
        #expect(site.get(path, foreign).status == .forbidden)
        let image = foreign.merging(["HTTP_SEC_FETCH_MODE": "no-cors", "HTTP_SEC_FETCH_DEST": "image"]) { $1 }
        #expect(site.get(path, image).status == .forbidden)
        let frame = foreign.merging(["HTTP_SEC_FETCH_MODE": "navigate", "HTTP_SEC_FETCH_DEST": "iframe"]) { $1 }
        #expect(site.get(path, frame).status == .forbidden)
        let link = foreign.merging(["HTTP_SEC_FETCH_MODE": "navigate", "HTTP_SEC_FETCH_DEST": "document"]) { $1 }
        #expect(site.get(path, link).status == .ok)
        #expect(site.get("/", foreign).status == .ok)
    }

    @Test func `a CSRF token is not valid for another person or another instance`() throws {
        let site = try TestSite()
        #expect(Self.post(site, ["HTTP_X_CSRF_TOKEN": site.token(for: "bob@lab")]).status == .pageExpired)
        #expect(Self.post(site, ["HTTP_X_CSRF_TOKEN": try TestSite().token(for: "ann@lab")]).status == .pageExpired)
        #expect(Self.post(site, ["HTTP_X_CSRF_TOKEN": site.token(for: "ann@lab")]).status == Self.admitted)
    }

    @Test func `the CSRF token in the page is accepted`() throws {
        let site = try TestSite()
        let page = try site.get("/").text
        let start = try #require(page.range(of: "<meta name=\"csrf-token\" content=\"")).upperBound
        let token = page[start...].prefix { $0 != "\"" }
        #expect(Self.post(site, ["HTTP_X_CSRF_TOKEN": String(token)]).status == Self.admitted)
    }

    @Test(arguments: [
        ["HTTP_ORIGIN": "https://evil.example"], ["HTTP_ORIGIN": "null"],
        ["HTTP_ORIGIN": "http://ops.lab.evil.example"],
        ["HTTP_ORIGIN": "https://ops.lab"], ["HTTP_ORIGIN": "http://ops.lab:8080"], ["HTTP_ORIGIN": ""],
        ["HTTP_SEC_FETCH_SITE": "cross-site"], ["HTTP_SEC_FETCH_SITE": "same-site"],
        ["HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://ops.lab"],
    ])
    func `a request from another site's page is 403 even with a valid CSRF token`(_ headers: [String: String]) throws {
        #expect(Self.post(try TestSite(), headers).status == .forbidden)
    }

    @Test(arguments: [
        [:], ["HTTP_ORIGIN": "http://ops.lab"], ["HTTP_ORIGIN": "HTTP://OPS.LAB"],
        ["HTTP_SEC_FETCH_SITE": "same-origin"], ["HTTP_SEC_FETCH_SITE": "none"],
        // Behind a proxy that ends TLS.
        ["HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://ops.lab"],
        ["HTTP_ORIGIN": "http://ops.lab:8080", "SERVER_PORT": "8080"],
        ["HTTP_ORIGIN": "http://ops.lab:8080", "HTTP_HOST": "ops.lab:8080", "SERVER_PORT": "8080"],
        ["HTTP_ORIGIN": "https://ops.lab", "HTTPS": "on", "SERVER_PORT": "443"],
        ["HTTP_ORIGIN": "https://ops.lab", "REQUEST_SCHEME": "https", "SERVER_PORT": "443"],
        ["HTTP_ORIGIN": "http://[::1]:8080", "HTTP_HOST": "[::1]", "SERVER_PORT": "8080"],
        ["HTTP_ORIGIN": "http://[::1]:8080", "HTTP_HOST": "[::1]:8080", "SERVER_PORT": "8080"],
    ])
    func `a request from our own page is admitted`(_ headers: [String: String]) throws {
        #expect(Self.post(try TestSite(), headers).status == Self.admitted)
    }

    @Test func `a forbidden route is answered like a missing one`() throws {
        let site = try TestSite()
        let forbidden = site.get("/metrics", as: "ann@lab")
        let missing = site.get("/no-such-thing", as: "ann@lab")
        #expect(forbidden.status == missing.status)
        #expect(try forbidden.text == missing.text)
    }
}
