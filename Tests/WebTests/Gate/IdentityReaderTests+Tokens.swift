import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// Requests with API tokens.
extension IdentityReaderTests {
    static func token(
        _ site: TestSite, user: String = "script@lab", roles: Set<String> = ["A"], isSuperUser: Bool = false,
        createdAt: Int64 = 1, expiresAt: Int64? = nil
    ) throws -> String {
        let secret = APIToken.makeSecret()
        _ = try site.store.addToken(
            hash: APIToken.hash(of: secret),
            APIToken(
                id: 0, name: "test", user: user, roles: roles, isSuperUser: isSuperUser, createdAt: createdAt,
                expiresAt: expiresAt))
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

    @Test func `a bearer token decides alone, whatever the web server passes`() throws {
        let site = try TestSite()
        let header = ["HTTP_AUTHORIZATION": "Bearer " + (try Self.token(site))]
        #expect(site.get("/commands", as: "a\u{FFFD}", header).status == .ok)
        let odd = ["HTTP_AUTHORIZATION": "Bearer " + (try Self.token(site, user: "jos\u{FFFD}"))]
        #expect(site.get("/commands", as: nil, odd).status == .badRequest)
    }

    @Test func `a token of a super user is one only if it says so`() throws {
        let site = try TestSite(Configuration.sampleText.replacing("root@lab", with: "root@lab, ann@lab"))
        let job = try site.insert(user: "olga@lab", command: "only:b", log: "x", settled: .sample())
        func status(_ isSuperUser: Bool, _ target: String) throws -> HTTPResponse.Status {
            let secret = try Self.token(site, user: "root@lab", roles: [], isSuperUser: isSuperUser)
            return site.get(target, as: nil, ["HTTP_AUTHORIZATION": "Bearer " + secret]).status
        }
        for target in ["/metrics", "/execute/\(job)"] {
            #expect(try status(false, target) == .notFound)
            #expect(try status(true, target) == .ok)
        }
        // Nor does it get the roles that name its user.
        let header = ["HTTP_AUTHORIZATION": "Bearer " + (try Self.token(site, user: "ann@lab", roles: ["B"]))]
        #expect(try site.get("/commands", as: nil, header).json["commands"]?.keys == ["only:b", "for:all", "missing"])
        let everyone = try TestSite("super_users: [\"*\"]\n")
        let plain = ["HTTP_AUTHORIZATION": "Bearer " + (try Self.token(everyone, roles: []))]
        #expect(everyone.get("/metrics", as: nil, plain).status == .notFound)
        #expect(everyone.get("/metrics", as: "x").status == .ok)
    }

    @Test func `the use of a token is recorded, and refused executions name it`() throws {
        let site = try TestSite()
        let secret = try Self.token(site)
        let header = ["HTTP_AUTHORIZATION": "Bearer " + secret]
        let before = Clock.seconds()
        #expect(try site.store.token(hash: APIToken.hash(of: secret))?.lastUsedAt == nil)
        #expect(site.get("/commands", as: nil, header).status == .ok)
        let token = try #require(try site.store.token(hash: APIToken.hash(of: secret)))
        #expect(try #require(token.lastUsedAt) >= before)
        #expect(site.post("/execute", #"{"command":"only:b"}"#, as: nil, with: header).status == .badRequest)
        #expect(try site.store.refusals(limit: 1).first?.token == TokenReference(id: token.id, name: "test"))
        let response = site.post("/execute", #"{"command":"only:a"}"#, as: nil, with: header)
        let job = try #require(JobUUID(try response.json["id"]?.text ?? ""))
        try site.temporary.waitForEnd(of: job)
        let row = try site.get("/history?uuid=\(job)", as: nil, header).json["data"]?.list.first
        #expect(row?["user_identifier"]?.text == "script@lab")
        #expect(row?["token_id"]?.number == Double(token.id))
        #expect(row?["token_name"]?.text == "test")
        let own = try site.insert(log: "x")
        #expect(try site.get("/history?uuid=\(own)").json["data"]?.list.first?["token_id"] == .null)
    }

    @Test func `a token ends at tokens.max_age, even if it was created for longer`() throws {
        let site = try TestSite(Configuration.sampleText + "tokens: { max_age: 1h }\n")
        let now = Clock.seconds()
        for (age, isValid) in [(10, true), (3590, true), (3600, false), (90_000, false)] as [(Int64, Bool)] {
            let secret = try Self.token(site, createdAt: now - age, expiresAt: now + 900_000)
            let header = ["HTTP_AUTHORIZATION": "Bearer " + secret]
            #expect((site.get("/commands", as: nil, header).status == .ok) == isValid)
        }
    }
}
