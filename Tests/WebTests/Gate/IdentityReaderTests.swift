import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct IdentityReaderTests {
    private static func token(
        _ site: TestSite, user: String = "script@lab", roles: Set<String> = ["A"], expiresAt: Int64? = nil
    ) throws -> String {
        let secret = APIToken.makeSecret()
        _ = try site.store.addToken(
            hash: APIToken.hash(of: secret), name: "test", user: user, roles: roles, createdAt: 1, expiresAt: expiresAt)
        return secret
    }

    @Test func `an API token has its user and roles, and needs no CSRF token`() throws {
        let site = try TestSite()
        let secret = try Self.token(site)
        let header = ["HTTP_AUTHORIZATION": "Bearer " + secret]
        #expect(try site.get("/commands", as: nil, header).json["commands"]?.keys == ["only:a", "for:all", "missing"])
        let response = site.post("/execute", #"{"command":"only:b"}"#, as: nil, with: header)
        #expect(response.status == .badRequest)
        #expect(try site.store.refusals(limit: 1).first?.userIdentifier == "script@lab")
    }

    @Test(arguments: ["bearer", "BEARER", "BeArEr"])
    func `the case of the scheme does not matter`(_ scheme: String) throws {
        let site = try TestSite()
        let secret = try Self.token(site)
        #expect(site.get("/commands", as: nil, ["HTTP_AUTHORIZATION": "\(scheme)  \(secret) "]).status == .ok)
    }

    @Test(arguments: [
        "", "rms_", "rms_0000", "rms_" + String(repeating: "0", count: 64), "x", "a.b.c", "..", "rms_\u{1F600}", "null",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5AbGFiIn0.",
    ])
    func `an invalid token is 401 even if the web server passes an identity`(_ token: String) throws {
        let site = try TestSite()
        for user in [nil, "ann@lab"] {
            let response = site.get("/commands", as: user, ["HTTP_AUTHORIZATION": "Bearer \(token)"])
            #expect(response.status == .unauthorized)
            #expect(response.headers[.wwwAuthenticate] == "Bearer error=\"invalid_token\"")
        }
        #expect(site.get("/commands", ["HTTP_AUTHORIZATION": "bearer"]).status == .unauthorized)
    }

    @Test func `an expired or revoked token is 401`() throws {
        let site = try TestSite()
        let expired = try Self.token(site, expiresAt: Clock.seconds() - 1)
        let good = try Self.token(site, expiresAt: Clock.seconds() + 3600)
        func status(_ token: String) -> HTTPResponse.Status {
            site.get("/commands", ["HTTP_AUTHORIZATION": "Bearer " + token]).status
        }
        #expect(status(expired) == .unauthorized)
        #expect(status(good) == .ok)
        let id = try #require(try site.store.token(hash: APIToken.hash(of: good))?.id)
        #expect(try site.store.removeToken(id: id))
        #expect(status(good) == .unauthorized)
    }

    @Test func `an API token has only its own user's rights, and its hash is not a token`() throws {
        let site = try TestSite()
        let secret = try Self.token(site, user: "script@lab", roles: [])
        let header = ["HTTP_AUTHORIZATION": "Bearer " + secret]
        #expect(try site.get("/commands", as: "ann@lab", header).json["commands"]?.keys == [])
        let hash = ["HTTP_AUTHORIZATION": "Bearer " + APIToken.prefix + APIToken.hash(of: secret)]
        #expect(site.get("/commands", hash).status == .unauthorized)
    }

    @Test(arguments: ["Basic Y2Fyb2w6eA==", "Digest x", "rms_abc", "", "BearerX y"])
    func `a field with another scheme is ignored`(_ field: String) throws {
        let site = try TestSite()
        #expect(site.get("/commands", ["HTTP_AUTHORIZATION": field]).status == .ok)
        #expect(site.get("/commands", as: nil, ["HTTP_AUTHORIZATION": field]).status == .unauthorized)
    }

    @Test(arguments: ["REMOTISAN_USER", "REMOTISAN_GROUPS"])
    func `an identity variable that arrives twice with different values is 400`(_ name: String) throws {
        let site = try TestSite()
        func status(_ second: String) -> HTTPResponse.Status {
            site.respond(
                CGIVariables([
                    ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/remotisan/commands"), ("REMOTISAN_USER", "ann@lab"),
                    ("REMOTISAN_GROUPS", "a"), (name, second),
                ])
            ).status
        }
        #expect(status("root@lab") == .badRequest)
        #expect(status("") == .badRequest)
        #expect(status(name == "REMOTISAN_USER" ? "ann@lab" : "a") == .ok)
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
}
