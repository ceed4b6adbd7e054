import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct LogEndpointTests {
    private static let content = "0123456789"

    private static func get(_ range: String? = nil, _ more: [String: String] = [:], query: String = "") throws
        -> Response
    {
        let site = try TestSite()
        let job = try site.insert(log: content, settled: .sample())
        var headers = more
        headers["HTTP_RANGE"] = range
        let response = site.get("/execute/\(job)/log\(query)", headers)
        // The body is read now, because the storage is removed at the end of this function.
        return Response(response.status, headers: response.headers, body: .bytes(try response.bytes))
    }

    @Test func `without a range the whole log is sent, as text in a sandbox`() throws {
        let response = try Self.get()
        #expect(response.status == .ok)
        #expect(try response.text == Self.content)
        #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
        #expect(response.headers[.acceptRanges] == "bytes")
        #expect(response.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
        #expect(response.headers[.cacheControl] == "no-store")
        #expect(response.headers[.contentDisposition]?.hasPrefix("inline; filename=\"") == true)
        #expect(try Self.get(query: "?download").headers[.contentDisposition]?.hasPrefix("attachment; ") == true)
    }

    @Test(arguments: [
        ("bytes=0-0", "0", "bytes 0-0/10"), ("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=5-", "56789", "bytes 5-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"), ("bytes=-100", "0123456789", "bytes 0-9/10"),
        ("bytes=0-9223372036854775807", "0123456789", "bytes 0-9/10"), ("bytes=9-9", "9", "bytes 9-9/10"),
        ("bytes=-9223372036854775807", "0123456789", "bytes 0-9/10"),
    ])
    func `a range is answered with that part`(_ range: String, _ text: String, _ field: String) throws {
        let response = try Self.get(range)
        #expect(response.status == .partialContent)
        #expect(try response.text == text)
        #expect(response.headers[.contentRange] == field)
    }

    @Test(arguments: ["bytes=10-", "bytes=10-20", "bytes=9223372036854775807-", "bytes=-0"])
    func `a range behind the end is 416 with the length of the log`(_ range: String) throws {
        let response = try Self.get(range)
        #expect(response.status == .rangeNotSatisfiable)
        #expect(response.headers[.contentRange] == "bytes */10")
    }

    @Test(arguments: [
        "bytes=", "bytes=-", "bytes=4-2", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=0x0-1", "bytes 0-1",
        "bytes=99999999999999999999-", "bytes=--1", "bytes=0--1", "bytes=+1-2", "bytes=1-+2", "bytes=-+2",
    ])
    func `an invalid range is ignored`(_ range: String) throws {
        let response = try Self.get(range)
        #expect(response.status == .ok)
        #expect(try response.text == Self.content)
    }

    @Test func `with If-Range the whole log is sent`() throws {
        #expect(try Self.get("bytes=0-1", ["HTTP_IF_RANGE": "\"x\""]).status == .ok)
    }

    @Test(arguments: ["/remotisan-logs", "/remotisan-logs/"])
    func `nginx gets the address of the log`(_ location: String) throws {
        let site = try TestSite()
        let job = try site.insert(log: Self.content, settled: .sample())
        let response = site.get("/execute/\(job)/log", ["REMOTISAN_LOG_REDIRECT": location, "HTTP_RANGE": "bytes=0-1"])
        #expect(response.status == .ok)
        #expect(response.headers[.accelRedirect] == "/remotisan-logs/\(job).log")
        #expect(response.body.count == 0)
        #expect(response.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
    }

    @Test(arguments: [
        ["HTTP_REMOTISAN_LOG_REDIRECT": "/etc"], ["HTTP_X_ACCEL_REDIRECT": "/etc/passwd"],
        ["REMOTISAN_LOG_REDIRECT": ""],
        ["HTTP_REMOTISAN_LOG_SENDFILE": "on"],
    ])
    func `a client cannot cause a redirect`(_ headers: [String: String]) throws {
        let response = try Self.get(nil, headers)
        #expect(response.headers[.accelRedirect] == nil)
        #expect(response.headers[.sendfile] == nil)
        #expect(try response.text == Self.content)
    }

    @Test func `a log that does not exist yet is empty, behind nginx, too`() throws {
        let site = try TestSite()
        let job = try site.insert()
        for headers in [[:], ["REMOTISAN_LOG_REDIRECT": "/logs"]] {
            let response = site.get("/execute/\(job)/log", headers)
            #expect(response.status == .ok)
            #expect(response.body.count == 0)
            #expect(response.headers[.accelRedirect] == nil)
        }
        #expect(site.get("/execute/\(job)/log", ["HTTP_RANGE": "bytes=0-"]).status == .rangeNotSatisfiable)
    }

    @Test(arguments: ["..%2f..%2fsecret", "%2e%2e", "secret", "..", "UUID/../../../secret"])
    func `no text from a client becomes part of a path`(_ name: String) throws {
        let site = try TestSite()
        let job = try site.insert(log: Self.content, settled: .sample())
        let response = site.get("/execute/\(name.replacing("UUID", with: "\(job)"))/log", as: "root@lab")
        #expect(response.status == .notFound || response.status == .methodNotAllowed)
    }
}
