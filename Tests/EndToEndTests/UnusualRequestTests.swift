import Foundation
import Testing

@testable import Core

/// Requests that are too large, of the wrong type, or unusual.
@Suite struct UnusualRequestTests {
    @Test(arguments: WebServer.allCases)
    func `a body over 64 KiB is refused, whether announced or chunked`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let params = String(repeating: "x", count: 70_000)
            let body = try JSONEncoder().encode(["command": "greet", "params": params])
            for isChunked in [false, true] {
                let reply = try await installation.send(post(ann, Array(body), isChunked: isChunked))
                #expect(reply.status == 413, "chunked: \(isChunked)")
                #expect(try reply.json([String: String].self).keys.contains("message"))
            }
            // None of them became an execution.
            #expect(try await ann.get("/history").json(History.self).total == 0)
            // Up to the limit of the body only the parameters are too long.
            let fits = try JSONEncoder().encode(["command": "greet", "params": String(params.prefix(60_000))])
            #expect(try await installation.send(post(ann, Array(fits))).status == 400)
        }
    }

    @Test(arguments: WebServer.allCases)
    func `a chunked POST starts its command`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let body = try JSONEncoder().encode(["command": "greet", "params": "chunks"])
            let reply = try await installation.send(post(ann, Array(body), isChunked: true))
            #expect(reply.status == 200, "\(reply.text)")
            let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
            #expect(try await ann.follow(uuid).text == "Hello chunks\n")
        }
    }

    @Test(arguments: WebServer.allCases)
    func `wrong content types and methods are refused with the right ones`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            for type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
                let reply = try await installation.send(post(ann, Array("command=greet".utf8), type: type))
                #expect(reply.status == 415, "\(type)")
            }
            let wrong = try await ann.get("/execute")
            #expect(wrong.status == 405)
            #expect(wrong.header("allow") == "POST")
            for method in ["DELETE", "PUT", "PATCH"] {
                let reply = try await installation.send(
                    HTTPRequest(method: method, target: "/remotisan/commands", headers: ann.headers))
                #expect(reply.status == 405, "\(method)")
                #expect(reply.header("allow") == "GET, HEAD", "\(method)")
            }
            let head = try await installation.send(
                HTTPRequest(method: "HEAD", target: "/remotisan/commands", headers: ann.headers))
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(try await ann.get("/no/such/route").status == 404)
            #expect(try await ann.get("/execute/\(JobUUID())?offset=0").status == 404)
        }
    }

    @Test(arguments: WebServer.allCases)
    func `words of a query string are not options of the CGI program`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            // As a CGI program it gets `--help` and `--config /etc/passwd` as arguments (RFC 3875, section 4.4).
            for query in ["--help", "--config+/etc/passwd", "--listen+127.0.0.1:1"] {
                let page = try await ann.get("?\(query)")
                #expect(page.status == 200, "\(query)")
                #expect(page.text.contains("csrf-token"), "\(query)")
            }
        }
    }

    private func post(
        _ visitor: Visitor, _ body: [UInt8], type: String = "application/json", isChunked: Bool = false
    ) -> HTTPRequest {
        HTTPRequest(
            method: "POST", target: "/remotisan/execute", headers: visitor.headers + [("Content-Type", type)],
            body: body, isChunked: isChunked)
    }
}
