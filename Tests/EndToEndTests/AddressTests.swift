import Foundation
import TestSupport
import Testing

@testable import Core

/// The address of the page: `url` of any form, and proxies in front of it.
@Suite struct AddressTests {
    @Test(arguments: WebServer.allCases, ["ops", "a/b/c", "x.y-1_z/remotisan-logs"])
    func `every url works with the exported files`(_ web: WebServer, _ url: String) async throws {
        try await Installation.run(web, url: url) { installation in
            let ann = try await installation.person("ann")
            let page = try await ann.get("")
            #expect(page.status == 200)
            #expect(page.text.contains("href=\"/\(url)/assets/page.css"))
            let uuid = try await ann.start("greet", "there")
            #expect(try await ann.follow(uuid).text == "Hello there\n")
            // nginx sends whole logs itself, from an internal location.
            let log = try await ann.get("/execute/\(uuid)/log")
            #expect(log.status == 200)
            #expect(log.text == "Hello there\n")
            #expect(try await installation.send(HTTPRequest(target: "/remotisan/health")).status != 200)
            guard web == .nginx else { return }
            let body = Data(String(repeating: "x", count: 70_000).utf8)
            let large = try await ann.post("/execute", json: body)
            #expect(large.status == 413)
            #expect(large.text.contains("larger than the web server allows"))
            for name in ["logs/\(uuid).log", "errors/too-large"] {
                let reply = try await installation.send(
                    HTTPRequest(target: "/\(url)-\(name)", headers: ann.headers))
                #expect(reply.status == 404, "\(name) is internal.")
            }
            await installation.responder?.stop()
            let unreachable = try await ann.get("/commands")
            #expect(unreachable.status == 502)
            #expect(unreachable.text.contains("Running jobs go on"))
        }
    }

    @Test func `the example with auth_request works with a url of several parts`() async throws {
        try await Installation.run(.nginx, site: "nginx/example-auth-request.conf", url: "tools/ops") { installation in
            let ann = try await Visitor(
                port: installation.port, login: Visitor.session("ann:support"), base: "/tools/ops")
            let uuid = try await ann.start("greet", "session")
            #expect(try await ann.follow(uuid).text == "Hello session\n")
            #expect(try await ann.get("/execute/\(uuid)/log").text == "Hello session\n")
        }
    }

    @Test func `the page works behind a proxy that removes a path and changes the host`() async throws {
        let port = Ports.take()
        let top = "public_url: http://127.0.0.1:\(port)/tools/remotisan"
        try await Installation.run(.nginx, SampleConfiguration(top: top)) { installation in
            let directory = installation.directory + "/proxy"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let kinds = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
            try """
            daemon off;
            \(ServiceAccount.isSeparate ? "user \(ServiceAccount.name);" : "")
            pid \(directory)/pid;
            error_log \(directory)/error.log;
            events {}
            http {
                access_log off;
                \(kinds.map { "\($0)_temp_path \(directory)/\($0);" }.joined(separator: " "))
                server {
                    listen 127.0.0.1:\(port);
                    location /tools/ {
                        proxy_pass http://127.0.0.1:\(installation.port)/;
                        proxy_set_header Host inner.example;
                    }
                }
            }
            """.write(toFile: directory + "/nginx.conf", atomically: false, encoding: .utf8)
            try installation.spawn(
                ["/usr/sbin/nginx", "-e", directory + "/error.log", "-c", directory + "/nginx.conf"],
                output: "proxy.log", asService: false)
            try await waitUntil("the proxy") {
                let request = HTTPRequest(target: "/tools/remotisan/health", headers: [Visitor.basic("ann")])
                return (try? await request.sent(to: port))?.status == 200
            }
            let base = "/tools/remotisan"
            let ann = try await Visitor(port: port, login: Visitor.basic("ann"), base: base)
            let page = try await ann.get("/").text
            let asset = try #require(page.firstMatch(of: #/href="([^"]*page\.css[^"]*)"/#)).1
            #expect(asset.hasPrefix(base + "/assets/"))
            let request = HTTPRequest(target: String(asset), headers: ann.headers)
            #expect(try await request.sent(to: port).status == 200)
            // A browser without TLS sends Origin and no Sec-Fetch-Site.
            let browser = Visitor(
                port: port, headers: ann.headers + [("Origin", "http://127.0.0.1:\(port)")], base: base)
            let uuid = try await browser.start("greet", "proxy")
            #expect(try await browser.follow(uuid).text == "Hello proxy\n")
            let history = try await ann.get("/history").text
            #expect(history.contains("http://127.0.0.1:\(port)/tools/remotisan/history?page=1"))
            let foreign = Visitor(port: port, headers: ann.headers + [("Origin", "http://evil.example")], base: base)
            #expect(try await foreign.post("/execute", ["command": "greet", "params": ""]).status == 403)
        }
    }
}
