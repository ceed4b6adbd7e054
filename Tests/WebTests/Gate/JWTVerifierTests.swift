import Foundation
import HTTPTypes
import JWTKit
import Logging
import TestSupport
import Testing

@testable import Core
@testable import Web

struct JWTVerifierTests {
    static let now = Date.now.timeIntervalSince1970

    static func claims(_ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
        [
            "iss": .text("https://id.lab"), "aud": .text("remotisan"), "sub": .text("ann@lab"),
            "exp": .number((now + 3600).rounded()), "groups": .list([.text("a"), .text("z")]),
        ].merging(more) { $1 }
    }

    static func verifier(_ keys: String, _ algorithms: Set<String>) throws -> (JWTVerifier, TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys"
        try Data(keys.utf8).write(to: URL(fileURLWithPath: path))
        return (try verifier(ofFile: path, algorithms), directory)
    }

    static func verifier(
        ofFile path: String, _ algorithms: Set<String>, log: Logger = RecordedLog().logger
    ) throws -> JWTVerifier {
        try JWTVerifier(
            .init(
                keyFile: path, algorithms: algorithms, issuer: "https://id.lab", audience: "remotisan",
                userClaim: "sub",
                groupsClaim: "groups"), log: log)
    }

    static func verify(
        _ token: String, _ keys: String, accepting algorithms: Set<String>
    ) async throws -> Credentials? {
        try await onThread { try verifier(keys, algorithms).0.verify(token) }
    }

    static func keys(_ algorithm: String, _ issuer: JWTIssuer) -> String {
        switch algorithm {
        case "HS256": JWTIssuer.secret + "\n"
        case "RS256": issuer.rsa.publicKey.pemRepresentation
        case "ES256": issuer.ecdsa.publicKey.pemRepresentation
        default:
            """
            {"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"EdDSA","x":"\(JWTIssuer.base64URL(issuer.eddsa))"}]}
            """
        }
    }

    @Test(arguments: ["HS256", "RS256", "ES256", "EdDSA"])
    func `a valid token of each algorithm gives user, groups and claims`(_ algorithm: String) async throws {
        let issuer = try await JWTIssuer()
        let token = try await issuer.sign(algorithm, Self.claims(["dept": .text("ops")]))
        let keys = Self.keys(algorithm, issuer)
        let credentials = try #require(try await Self.verify(token, keys, accepting: [algorithm]))
        #expect(credentials.user == "ann@lab")
        #expect(credentials.groups == ["a", "z"])
        #expect(credentials.claims["dept"] == ["ops"])
        #expect(credentials.token == nil)
    }

    @Test(arguments: ["HS256", "RS256", "ES256", "EdDSA"])
    func `an algorithm that is not configured is refused even if its key is`(_ algorithm: String) async throws {
        let issuer = try await JWTIssuer()
        let keys = Self.keys(algorithm, issuer)
        guard algorithm != "HS256" else {
            await #expect(throws: JWTKeyError.self) { try await Self.verify("", keys, accepting: ["RS256"]) }
            return
        }
        let token = try await issuer.sign(algorithm, Self.claims())
        // With a JWK set or a PEM file of another algorithm there is no key at all.
        await #expect(throws: JWTKeyError.self) { try await Self.verify(token, keys, accepting: ["HS256"]) }
    }

    @Test func `a header cannot choose an algorithm that is not configured, whatever the keys are`() async throws {
        let issuer = try await JWTIssuer()
        let set = try issuer.jwks(kids: ["RS256": "r", "ES256": "e", "EdDSA": "d"])
        for name in ["RS256", "ES256", "EdDSA"] {
            let kid = ["RS256": "r", "ES256": "e", "EdDSA": "d"][name]
            for claimed in ["RS256", "ES256", "EdDSA", "HS256", "RS512"] {
                let token = try await issuer.sign(name, Self.claims(), kid: kid, claiming: claimed)
                for accepted in [["RS256"], ["ES256"], ["EdDSA"], ["RS256", "ES256"], ["RS256", "ES256", "EdDSA"]] {
                    let isGood = claimed == name && accepted.contains(name)
                    let credentials = try await Self.verify(token, set, accepting: Set(accepted))
                    #expect((credentials != nil) == isGood, "\(name) as \(claimed), accepting \(accepted)")
                }
            }
        }
    }

    @Test func `a public key is not accepted as a secret for HS256`() async throws {
        // The classic attack: sign with the public key as if it were a shared secret.
        let issuer = try await JWTIssuer()
        let pem = issuer.rsa.publicKey.pemRepresentation
        let forger = JWTKeyCollection()
        await forger.add(hmac: HMACKey(from: pem), digestAlgorithm: .sha256)
        let token = try await forger.sign(JWTIssuer.Payload(Self.claims()))
        #expect(try await Self.verify(token, pem, accepting: ["RS256", "HS256"]) == nil)
    }

    static let wrong: [(String, [String: JSONValue])] = [
        ("another issuer", ["iss": .text("https://evil.lab")]),
        ("no issuer", ["iss": .null]),
        ("a list of issuers", ["iss": .list([.text("https://id.lab"), .text("https://evil.lab")])]),
        ("another audience", ["aud": .text("billing")]),
        ("no audience", ["aud": .null]),
        ("an empty list of audiences", ["aud": .list([])]),
        ("expired", ["exp": .number((now - 61).rounded(.down))]),
        ("an expiry that is no number", ["exp": .text("tomorrow")]),
        ("no expiry", ["exp": .null]),
        ("a start in the future", ["nbf": .number(now + 3600)]),
        ("a start that is no number", ["nbf": .text("soon")]),
        ("issued in the future", ["iat": .number(now + 3600)]),
        ("an issue that is no number", ["iat": .text("now")]),
    ]

    @Test(arguments: wrong)
    func `a token with one wrong claim is refused`(_ name: String, _ change: [String: JSONValue]) async throws {
        let issuer = try await JWTIssuer()
        let token = try await issuer.sign("HS256", Self.claims(change))
        #expect(try await Self.verify(token, JWTIssuer.secret, accepting: ["HS256"]) == nil, "\(name)")
    }

    @Test(arguments: [
        ("exp", -60, false), ("exp", -59, true), ("exp", 1, true), ("nbf", 60, true), ("nbf", 61, false),
        ("nbf", -900, true), ("iat", 60, true), ("iat", 61, false), ("iat", -90_000, true),
    ])
    func `clocks may differ by the leeway`(_ claim: String, _ offset: Double, _ isGood: Bool) throws {
        let now = 1_800_000_000.0
        var times = ["exp": now + 3600]
        times[claim] = now + offset
        let members = times.map { #""\#($0)":\#($1)"# }.joined(separator: ",")
        let body = #"{"iss":"https://id.lab","aud":"remotisan",\#(members)}"#
        let claims = try JSONDecoder().decode(Claims.self, from: Data(body.utf8))
        var configuration = Configuration.JWT(
            keyFile: "", algorithms: [], issuer: "https://id.lab", audience: "remotisan", userClaim: "sub",
            groupsClaim: "groups")
        #expect(claims.isAccepted(by: configuration, now: now) == isGood)
        configuration.leeway = 0
        #expect(claims.isAccepted(by: configuration, now: now) == (claim == "exp" ? offset > 0 : offset <= 0))
    }

    @Test(arguments: [("99999999999.12345678901", true), ("1790000000.12345678901", false), ("\"99999999999\"", false)])
    func `a time may have many digits`(_ expires: String, _ isGood: Bool) throws {
        let body = #"{"iss":"https://id.lab","aud":"remotisan","exp":\#(expires),"nbf":0.12345678901234567}"#
        let claims = try JSONDecoder().decode(Claims.self, from: Data(body.utf8))
        let configuration = Configuration.JWT(
            keyFile: "", algorithms: [], issuer: "https://id.lab", audience: "remotisan", userClaim: "sub",
            groupsClaim: "groups")
        #expect(claims.isAccepted(by: configuration, now: 1_800_000_000) == isGood)
    }

    @Test func `a token without exp is refused`() async throws {
        let issuer = try await JWTIssuer()
        var claims = Self.claims()
        claims["exp"] = nil
        let token = try await issuer.sign("HS256", claims)
        #expect(try await Self.verify(token, JWTIssuer.secret, accepting: ["HS256"]) == nil)
    }

    @Test func `a token for several audiences is accepted if ours is among them`() async throws {
        let issuer = try await JWTIssuer()
        let token = try await issuer.sign("HS256", Self.claims(["aud": .list([.text("x"), .text("remotisan")])]))
        #expect(try await Self.verify(token, JWTIssuer.secret, accepting: ["HS256"]) != nil)
    }

    @Test(arguments: ["none", "None", "NONE", "nOnE"])
    func `alg none is refused`(_ name: String) async throws {
        func encode(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
        }
        let body = #"{"iss":"https://id.lab","aud":"remotisan","sub":"ann@lab","exp":99999999999}"#
        for signature in ["", "AAAA"] {
            let token = encode(#"{"alg":"\#(name)","typ":"JWT"}"#) + "." + encode(body) + "." + signature
            #expect(try await Self.verify(token, JWTIssuer.secret, accepting: ["HS256"]) == nil)
        }
    }

    @Test func `a token with critical extensions is refused`() async throws {
        let issuer = try await JWTIssuer()
        let token = try await issuer.keys.sign(
            JWTIssuer.Payload(Self.claims()), kid: "HS256", header: ["crit": .array([.string("exp")])])
        #expect(try await Self.verify(token, JWTIssuer.secret, accepting: ["HS256"]) == nil)
    }

    @Test func `every token with one character changed is refused`() async throws {
        let issuer = try await JWTIssuer()
        let token = try await issuer.sign("HS256", Self.claims())
        let accepted = try await onThread {
            let (verifier, directory) = try Self.verifier(JWTIssuer.secret, ["HS256"])
            defer { withExtendedLifetime(directory) {} }
            let letters = Array(token)
            // The last character has bits that belong to no byte, so it is left out.
            let changed = letters.indices.dropLast().filter { letters[$0] != "." }.map { index in
                var changed = letters
                changed[index] = letters[index] == "A" ? "B" : "A"
                return String(changed)
            }
            return ([token] + changed).filter { verifier.verify($0) != nil }
        }
        #expect(accepted == [token])
    }

    @Test func `a token signed by another key with the same kid is refused`() async throws {
        let token = try await JWTIssuer().sign("EdDSA", Self.claims())
        let others = Self.keys("EdDSA", try await JWTIssuer())
        #expect(try await Self.verify(token, others, accepting: ["EdDSA"]) == nil)
    }

    @Test func `a request with a token has the roles of its groups and claims`() async throws {
        let issuer = try await JWTIssuer()
        let directory = try TemporaryDirectory()
        try Data(JWTIssuer.secret.utf8).write(to: URL(fileURLWithPath: directory.path + "/secret"))
        let text =
            Configuration.sampleText + """
                jwt: { keys: \(directory.path)/secret, algorithms: [HS256], issuer: "https://id.lab", audience: remotisan }

                """
        let good = try await issuer.sign("HS256", Self.claims(["sub": .text("new@lab")]))
        let nameless = try await issuer.sign("HS256", Self.claims(["sub": .text("")]))
        let old = try await issuer.sign("HS256", Self.claims(["exp": .number(1)]))
        let responses = try await onThread {
            let site = try TestSite(text)
            return [good, nameless, old].map {
                site.get("/commands", as: "root@lab", ["HTTP_AUTHORIZATION": "Bearer \($0)"])
            }
        }
        #expect(try responses[0].json["commands"]?.keys == ["only:a", "for:all", "missing"])
        #expect(responses.map(\.status) == [.ok, .unauthorized, .unauthorized])
        withExtendedLifetime(directory) {}
    }
}
