import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct RequestPathTests {
    private static func path(_ variables: [String: String], url: String = "remotisan") throws -> RequestPath {
        let target = String(
            decoding: RequestPath.originForm(Array((variables["REQUEST_URI"] ?? "").utf8)[...]), as: UTF8.self)
        return try RequestPath(
            target, variables: CGIVariables(variables.map { ($0, $1) }), url: RequestPath.split(url))
    }

    @Test(arguments: [
        "/remotisan/commands", "/remotisan//commands", "//remotisan/commands", "/remotisan/./commands",
        "/x/../remotisan/commands", "/remotisan/x/../commands", "/../../remotisan/commands", "/remotisan/commands/",
        "/%72emotisan/commands", "/remotisan/%2e/commands", "/x/%2e%2e/remotisan/commands",
        "/x/%2E./remotisan/commands",
        "/remotisan%2Fcommands", "/remotisan/commands?x=/../..", "/remotisan/commands/.",
    ])
    func `a path is decoded and normalised once`(_ target: String) throws {
        let path = try Self.path(["REQUEST_URI": target])
        #expect(path.base == "/remotisan")
        #expect(path.route == ["commands"])
    }

    @Test(arguments: [
        "/", "", "/remotisan2/commands", "/Remotisan/commands", "/commands", "/remotisan/../commands",
        "/remotisan/%2e%2e/commands", "/%2572emotisan/commands", "/x/remotisan/commands", "/remotisan;x/commands",
        "/x/..", "*",
    ])
    func `a path that is not below url is 404`(_ target: String) {
        let error = #expect(throws: HTTPError.self) { try Self.path(["REQUEST_URI": target]) }
        #expect(error?.status == .notFound)
    }

    @Test(arguments: [
        "/remotisan/%00", "/remotisan/a%00b", "/remotisan/%", "/remotisan/%4", "/remotisan/%zz", "/remotisan/%ff",
        "/remotisan/%c3", "/remotisan/%c0%af", "/remotisan/%ed%a0%80", "/remotisan/%+1",
    ])
    func `NUL, bad UTF-8 and broken percent signs are 400`(_ target: String) {
        let error = #expect(throws: HTTPError.self) { try Self.path(["REQUEST_URI": target]) }
        #expect(error?.status == .badRequest)
    }

    @Test func `dots that were encoded twice are not resolved`() throws {
        #expect(try Self.path(["REQUEST_URI": "/remotisan/%252e%252e/x+y"]).route == ["%2e%2e", "x+y"])
    }

    /// CGI variables recorded from real servers on 2026-11-23: nginx 1.22.1, Apache 2.4.71.
    static let servers: [(String, String?, String?, String, [String])] = [
        // nginx sends neither SCRIPT_NAME nor PATH_INFO.
        ("/remotisan", nil, nil, "/remotisan", []),
        ("/remotisan/", nil, nil, "/remotisan", []),
        ("/remotisan/execute/U?offset=0", nil, nil, "/remotisan", ["execute", "U"]),
        // mod_proxy_fcgi sets SCRIPT_NAME to the whole path, and no PATH_INFO.
        ("/remotisan", "/remotisan", nil, "/remotisan", []),
        ("/remotisan/", "/remotisan/", nil, "/remotisan", []),
        ("/remotisan/commands", "/remotisan/commands", nil, "/remotisan", ["commands"]),
        ("/remotisan/execute/U?offset=0", "/remotisan/execute/U", nil, "/remotisan", ["execute", "U"]),
        ("/remotisan/commands", "/remotisan/commands", "", "/remotisan", ["commands"]),
        // mod_cgid and mod_fcgid.
        ("/remotisan", "/remotisan", nil, "/remotisan", []),
        ("/remotisan/", "/remotisan", "/", "/remotisan", []),
        ("/remotisan/commands", "/remotisan", "/commands", "/remotisan", ["commands"]),
        ("/remotisan/execute/U?offset=0", "/remotisan", "/execute/U", "/remotisan", ["execute", "U"]),
        // mod_cgid decodes both, resolves `..` and merges `//`. REQUEST_URI stays as the client sent it.
        ("/remotisan/x/../../remotisan/y%20z//w?a=%20b", "/remotisan", "/y z/w", "/remotisan", ["y z", "w"]),
        ("/foo/../remotisan/commands", "/remotisan", "/commands", "/remotisan", ["commands"]),
        // A ScriptAlias with another name, at another depth, and at the root.
        ("/tools/ops/commands", "/tools/ops", "/commands", "/tools/ops", ["commands"]),
        ("/tools/ops", "/tools/ops", nil, "/tools/ops", []),
        ("/commands", "", "/commands", "", ["commands"]),
        // A SCRIPT_NAME that begins with `url` but is deeper.
        ("/remotisan/ops/commands", "/remotisan/ops", "/commands", "/remotisan/ops", ["commands"]),
        // A pair that does not make up the path is ignored.
        ("/remotisan/commands", "/index.php", "/evil", "/remotisan", ["commands"]),
        ("/remotisan/commands", "/remotisan", "evil", "/remotisan", ["commands"]),
    ]

    @Test(arguments: servers)
    func `base and route are found behind every web server`(
        _ uri: String, _ script: String?, _ info: String?, _ base: String, _ route: [String]
    ) throws {
        var variables = ["REQUEST_URI": uri]
        variables["SCRIPT_NAME"] = script
        variables["PATH_INFO"] = info
        let path = try Self.path(variables)
        #expect(path.base == base)
        #expect(path.route == route)
    }

    @Test func `url may have several parts`() throws {
        let path = try Self.path(["REQUEST_URI": "/tools/ops/commands"], url: "tools/ops")
        #expect(path.base == "/tools/ops")
        #expect(path.route == ["commands"])
    }

    @Test func `the links of the page begin with the web server's base`() throws {
        let site = try TestSite()
        let response = site.respond([
            "REQUEST_METHOD": "GET", "REQUEST_URI": "/tools/ops/", "SCRIPT_NAME": "/tools/ops", "PATH_INFO": "/",
            "REMOTISAN_USER": "ann@lab",
        ])
        #expect(try response.text.contains("src=\"/tools/ops/assets/page.en.js?v="))
    }

    /// (REQUEST_URI, PATH_INFO, `url`, base, route) with Caddy's empty SCRIPT_NAME.
    static let caddy: [(String, String, String, String, [String])] = [
        ("/remotisan", "/remotisan", "remotisan", "/remotisan", []),
        ("/remotisan/", "/remotisan/", "remotisan", "/remotisan", []),
        ("/remotisan/commands?x=1", "/remotisan/commands", "remotisan", "/remotisan", ["commands"]),
        ("/a/b/execute/U", "/a/b/execute/U", "a/b", "/a/b", ["execute", "U"]),
        ("/a/b/a/b", "/a/b/a/b", "a/b", "/a/b", ["a", "b"]),
        // handle_path /outer/* removes the beginning.
        ("/outer/remotisan/commands", "/remotisan/commands", "remotisan", "/outer/remotisan", ["commands"]),
        ("/x/y/a/b/", "/a/b/", "a/b", "/x/y/a/b", []),
    ]

    @Test(arguments: caddy)
    func `the whole path may be in PATH_INFO`(
        _ target: String, _ info: String, _ url: String, _ base: String, _ route: [String]
    ) throws {
        for script in ["", nil] {
            var variables = ["REQUEST_URI": target, "PATH_INFO": info]
            variables["SCRIPT_NAME"] = script
            let path = try Self.path(variables, url: url)
            #expect(path.base == base)
            #expect(path.route == route)
        }
    }

    @Test(arguments: [
        "http://ops.lab/remotisan/commands?x", "HTTPS://ops.lab:8443/remotisan/commands",
        "http://u@[::1]/remotisan/commands",
    ])
    func `the path of a target in absolute form is found`(_ target: String) throws {
        #expect(try Self.path(["REQUEST_URI": target]).route == ["commands"])
    }

    @Test(arguments: ["http://ops.lab", "http://remotisan/commands", "http:/remotisan/commands", "ftp://a/remotisan"])
    func `a host is no path`(_ target: String) {
        #expect(throws: HTTPError.self) { try Self.path(["REQUEST_URI": target]) }
    }

    @Test func `a path without url is a route only if public_url has a path`() throws {
        for (target, route) in [
            ("/", []), ("/commands", ["commands"]), ("/execute/U?x", ["execute", "U"]),
            ("/remotisan/commands", ["commands"]),
        ] as [(String, [String])] {
            let variables = CGIVariables([("REQUEST_URI", target)])
            #expect(try RequestPath(target, variables: variables, url: ["remotisan"], isPublic: true).route == route)
        }
        #expect(throws: HTTPError.self) { try Self.path(["REQUEST_URI": "/commands"]) }
    }
}
