import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct IdentityReaderTests {
    @Test(arguments: ["REMOTISAN_USER", "REMOTISAN_GROUPS", "HTTP_AUTHORIZATION"])
    func `an identity variable that arrives more than once is 400`(_ name: String) throws {
        let site = try TestSite()
        func status(_ second: String) -> HTTPResponse.Status {
            site.respond(
                CGIVariables([
                    ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/remotisan/commands"), ("REMOTISAN_USER", "ann@lab"),
                    ("REMOTISAN_GROUPS", "a"), ("HTTP_AUTHORIZATION", "Basic YTph"), (name, second),
                ])
            ).status
        }
        #expect(status("root@lab") == .badRequest)
        #expect(status("") == .badRequest)
        #expect(status(name == "REMOTISAN_USER" ? "ann@lab" : "a") == .badRequest)
    }

    @Test(arguments: [
        "HTTP_REMOTISAN_USER", "HTTP_REMOTE_USER", "REMOTE_USER", "HTTP_X_USER", "remotisan_user",
        "HTTP_X_FORWARDED_USER",
        "REMOTISAN_USER ",
    ])
    func `a user named in a header field is not trusted`(_ parameter: String) throws {
        #expect(try TestSite().get("/commands", as: nil, [parameter: "root@lab"]).status == .unauthorized)
    }

    @Test func `an empty user is not logged in, even if everyone is a super user`() throws {
        let site = try TestSite("super_users: [\"*\"]\n")
        #expect(site.get("/history", as: "").status == .unauthorized)
        #expect(site.get("/history", as: nil).status == .unauthorized)
        #expect(site.get("/metrics", as: "anyone").status == .ok)
    }

    @Test func `a header field is trusted if the configuration names it`() throws {
        let site = try TestSite(
            Configuration.sampleText + "identity: { user: HTTP_X_USER, trusted_headers: [HTTP_X_USER] }\n")
        #expect(try site.get("/commands", as: nil, ["HTTP_X_USER": "ann@lab"]).json["commands"]?.keys.count == 3)
        #expect(site.get("/commands", as: "ann@lab").status == .unauthorized)
    }

    @Test func `roles match on the web server's CGI variables, not on header fields`() throws {
        let site = try TestSite(
            """
            roles:
              TLS: { cgi_variables: { SSL_CLIENT_VERIFY: [SUCCESS] } }
            commands: { allowed: { "x": { roles: [TLS], run: [/bin/true] } } }
            """)
        func commands(_ more: [String: String]) throws -> Int? {
            try site.get("/commands", more).json["commands"]?.keys.count
        }
        #expect(try commands(["SSL_CLIENT_VERIFY": "SUCCESS"]) == 1)
        #expect(try commands(["SSL_CLIENT_VERIFY": "NONE"]) == 0)
        #expect(try commands(["HTTP_SSL_CLIENT_VERIFY": "SUCCESS"]) == 0)
    }

    @Test func `a role cannot match on a header field`() {
        #expect(throws: ConfigurationError.self) {
            try TestSite("roles: { TLS: { cgi_variables: { HTTP_X_ROLE: [tls] } } }\n")
        }
    }

    @Test(arguments: [("ann\u{301}@lab", "ann\u{301}@lab"), ("ré@lab", "re\u{301}@lab")])
    func `names that look alike but differ in bytes are different people`(_ known: String, _ other: String) throws {
        // U+00E9 and U+0065 U+0301 are equal as Swift strings, but two accounts in a directory.
        let site = try TestSite("super_users: [\"\(known)\"]\nhistory: { should_scope: true }\n")
        let isSame = Array(known.utf8) == Array(other.utf8)
        #expect((site.get("/metrics", as: other).status == .ok) == isSame)
        let job = try site.insert(user: known, log: "x", settled: .sample())
        #expect((site.get("/execute/\(job)", as: other).status == .ok) == isSame)
    }

    /// Values that must not identify anyone, as bytes.
    static let unreadable: [[UInt8]] = [
        // ISO 8859-1, a lone continuation byte, an overlong slash, a surrogate, a truncated sequence, beyond U+10FFFF.
        Array("jos".utf8) + [0xE9], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF4, 0x90, 0x80, 0x80],
        // Control characters and line separators, also those above ASCII.
        Array("ann\n".utf8), Array("a\tb".utf8), [0x01], [0x7F], Array("a\u{85}b".utf8), Array("a\u{2028}".utf8),
        // What an earlier program could not decode.
        Array("jos\u{FFFD}".utf8),
    ]

    static func variables(_ name: String, _ value: [UInt8]) -> CGIVariables {
        let given = [
            "REQUEST_METHOD": "GET", "REQUEST_URI": "/remotisan/commands", "REMOTISAN_USER": "ann@lab",
            "REMOTISAN_GROUPS": "a", "SSL_CLIENT_S_DN_O": "Lab",
        ]
        let lines = given.merging([name: ""]) { $1 }.map { key, text in
            Array("\(key)=".utf8) + (key == name ? value : Array(text.utf8))
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: lines.map(\.count).reduce(0, +), alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: lines.joined())
        var start = 0
        return CGIVariables(
            lines.map { line in
                defer { start += line.count }
                return UnsafeRawBufferPointer(rebasing: buffer[start..<start + line.count])
            })
    }

    @Test(arguments: ["REMOTISAN_USER", "REMOTISAN_GROUPS", "SSL_CLIENT_S_DN_O", "OTHER"], unreadable)
    func `a variable that decides about rights must be plain UTF-8`(_ name: String, _ value: [UInt8]) throws {
        let site = try TestSite(
            Configuration.sampleText.replacing(
                "  B: {", with: "  C: { cgi_variables: { SSL_CLIENT_S_DN_O: [Lab] } }\n  B: {"))
        let response = site.respond(Self.variables(name, value))
        // Bytes that are not UTF-8 do no harm there.
        guard name != "OTHER" || value.contains(where: Self.isControl) else {
            #expect(response.status == .ok)
            return
        }
        #expect(response.status == .badRequest)
        let message = try #require(try response.message)
        #expect(message.hasPrefix("The value of \(name) from the web server "))
        #expect(message.contains("UTF-8"))
    }

    /// Control characters that no variable may have.
    private static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7F }

    @Test(arguments: unreadable)
    func `a bearer token must be plain UTF-8, and other schemes are the web server's`(_ value: [UInt8]) throws {
        let site = try TestSite()
        let hasControl = value.contains(where: Self.isControl)
        let token = Self.variables("HTTP_AUTHORIZATION", Array("Bearer rms_".utf8) + value)
        let response = site.respond(token)
        #expect(response.status == .badRequest)
        let subject = hasControl ? "The value of HTTP_AUTHORIZATION " : "The Authorization header "
        #expect(try response.message?.hasPrefix(subject) == true)
        let basic = site.respond(Self.variables("HTTP_AUTHORIZATION", Array("Basic ".utf8) + value))
        #expect(basic.status == (hasControl ? .badRequest : .ok))
    }

    @Test func `names that differ in one unreadable byte are never one person`() throws {
        let site = try TestSite()
        let job = try site.insert(user: "jos\u{FFFD}", log: "x", settled: .sample())
        for byte in [0xE9, 0xE8] as [UInt8] {
            var variables = Self.variables("REMOTISAN_USER", Array("jos".utf8) + [byte])
            #expect(site.respond(variables).status == .badRequest)
            variables = CGIVariables([
                ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/remotisan/execute/\(job)"),
                ("REMOTISAN_USER", "jos\u{FFFD}"),
            ])
            #expect(site.respond(variables).status == .badRequest)
        }
    }

    @Test func `an address with bytes that are not UTF-8 is 400`() throws {
        let site = try TestSite()
        let target = Array("/remotisan/history?user=jos".utf8)
        #expect(site.respond(Self.variables("REQUEST_URI", target + [0xE9])).status == .badRequest)
        #expect(site.respond(Self.variables("REQUEST_URI", target + Array("é".utf8))).status == .ok)
        let response = site.post("/execute", "{\"command\":\"only:a\",\"params\":\"\u{1}\"}")
        #expect(response.status == .unprocessableContent)
    }

    @Test(arguments: [
        (",", "x, a ,y", true), (",", "x;a", false), ("|", "x|a", true), ("|", "x,a", false), (";", " a;x", true),
        (" ", "x a", true), (", ", "x, a", true), ("||", "x||a|y", false), ("||", "x|a||a", true), ("é", "xéa", true),
        (",", ",,a,", true), ("|", "", false),
    ])
    func `groups are split at the configured separator`(_ separator: String, _ list: String, _ isInA: Bool) throws {
        let site = try TestSite(
            Configuration.sampleText + "identity: { groups_separator: \"\(separator)\" }\n")
        let commands = try site.get("/commands", as: "nora@lab", ["REMOTISAN_GROUPS": list]).json["commands"]
        #expect((commands?.keys.contains("only:a") == true) == isInA)
    }

    @Test func `a group with a comma works with another separator`() throws {
        let site = try TestSite(
            """
            identity: { groups_separator: "|" }
            roles: { A: { groups: ["CN=Ops,OU=Groups"] } }
            commands: { allowed: { "x": { roles: [A], run: [/bin/true] } } }
            """)
        let groups = ["REMOTISAN_GROUPS": "CN=Dev,OU=Groups|CN=Ops,OU=Groups"]
        #expect(try site.get("/commands", groups).json["commands"]?.keys == ["x"])
    }

    @Test func `with ignore_case every spelling is one person, whatever it comes from`() throws {
        let site = try TestSite(
            Configuration.sampleText.replacing("root@lab", with: "Root@Lab").replacing("ann@lab", with: "Ann@LAB")
                + "identity: { ignore_case: true }\n")
        // Started by one spelling, seen and killed by the others.
        let response = site.post(
            "/execute", #"{"command":"only:a"}"#, as: "ANN@lab",
            with: ["HTTP_X_CSRF_TOKEN": site.token(for: "ann@lab")])
        #expect(response.status == .ok)
        let job = try #require(JobUUID(try response.json["id"]?.text ?? ""))
        try site.temporary.waitForEnd(of: job)
        #expect(try site.store.execution(job)?.userIdentifier == "ann@lab")
        for name in ["ann@lab", "Ann@LAB", "ANN@LAB"] {
            #expect(site.get("/execute/\(job)", as: name).status == .ok)
            #expect(try site.get("/history?user=\(name)", as: name).json["total"]?.number == 1)
        }
        #expect(site.get("/metrics", as: "ROOT@lab").status == .ok)
        let header = ["HTTP_AUTHORIZATION": "Bearer " + (try Self.token(site, user: "Ann@Lab", roles: []))]
        #expect(site.get("/execute/\(job)", as: nil, header).status == .ok)
        #expect(try site.get("/commands", as: "x", ["REMOTISAN_GROUPS": "A"]).json["commands"]?.keys == [])
        // An execution from before keeps its spelling and its owner.
        let old = try site.insert(user: "Ann@Lab", command: "gone", log: "x", settled: .sample())
        #expect(site.get("/execute/\(old)", as: "ann@lab").status == .ok)
        #expect(try site.get("/history?user=Ann@Lab", as: "root@lab").json["total"]?.number == 1)
    }

    @Test func `without ignore_case two spellings are two people`() throws {
        let site = try TestSite()
        let job = try site.insert(command: "gone", log: "x", settled: .sample())
        #expect(site.get("/execute/\(job)", as: "Ann@lab").status == .notFound)
        #expect(site.get("/metrics", as: "Root@lab").status == .notFound)
    }
}
