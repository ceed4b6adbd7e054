import Foundation
import HTTPTypes
import JWTKit
import TestSupport
import Testing

@testable import Core
@testable import Web

struct JWTVerifierTests {
    private struct Payload: JWTPayload {
        var claims: [String: JSONValue]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(claims)
        }

        init(from decoder: any Decoder) throws {
            claims = try decoder.singleValueContainer().decode([String: JSONValue].self)
        }

        init(_ claims: [String: JSONValue]) { self.claims = claims }

        func verify(using algorithm: some JWTAlgorithm) throws {}
    }

    /// Signs tokens with a key of every kind.
    private struct Issuer {
        static let secret = String(repeating: "s3cret-", count: 6)
        let rsa: Insecure.RSA.PrivateKey
        let ecdsa = ES256PrivateKey()
        let eddsa: EdDSA.PrivateKey
        let keys = JWTKeyCollection()

        init() async throws {
            rsa = try Insecure.RSA.PrivateKey(pem: Self.rsaKey())
            eddsa = try EdDSA.PrivateKey(curve: .ed25519)
            await keys.add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256, kid: "HS256")
            await keys.add(rsa: rsa, digestAlgorithm: .sha256, kid: "RS256")
            await keys.add(ecdsa: ecdsa, kid: "ES256")
            await keys.add(eddsa: eddsa, kid: "EdDSA")
        }

        func sign(_ algorithm: String, _ claims: [String: JSONValue]) async throws -> String {
            try await keys.sign(Payload(claims), kid: JWKIdentifier(string: algorithm))
        }

        /// A key made by openssl, because JWTKit cannot make RSA keys.
        static func rsaKey() throws -> String {
            try openssl(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        }

        static func openssl(_ arguments: [String], input: String = "") throws -> String {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = arguments
            let (standardInput, output) = (Pipe(), Pipe())
            process.standardInput = standardInput
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try standardInput.fileHandleForWriting.close()
            let data = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: data, as: UTF8.self)
        }
    }

    private static let now = Date.now.timeIntervalSince1970

    private static func claims(_ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
        [
            "iss": .text("https://id.lab"), "aud": .text("remotisan"), "sub": .text("ann@lab"),
            "exp": .number((now + 3600).rounded()), "groups": .list([.text("a"), .text("z")]),
        ].merging(more) { $1 }
    }

    private static func verifier(_ keys: String, _ algorithms: Set<String>) throws -> (JWTVerifier, TemporaryDirectory)
    {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys"
        try Data(keys.utf8).write(to: URL(fileURLWithPath: path))
        let verifier = try JWTVerifier(
            .init(
                keyFile: path, algorithms: algorithms, issuer: "https://id.lab", audience: "remotisan",
                userClaim: "sub",
                groupsClaim: "groups"))
        return (verifier, directory)
    }

    private static func verify(
        _ token: String, _ keys: String, accepting algorithms: Set<String>
    ) async throws -> Credentials? {
        try await onThread { try verifier(keys, algorithms).0.verify(token) }
    }

    private static func keys(_ algorithm: String, _ issuer: Issuer) -> String {
        switch algorithm {
        case "HS256": Issuer.secret + "\n"
        case "RS256": issuer.rsa.publicKey.pemRepresentation
        case "ES256": issuer.ecdsa.publicKey.pemRepresentation
        default:
            """
            {"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"EdDSA","x":"\(base64URL(issuer.eddsa))"}]}
            """
        }
    }

    private static func base64URL(_ key: EdDSA.PrivateKey) -> String {
        key.publicKey.rawRepresentation.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    @Test(arguments: ["HS256", "RS256", "ES256", "EdDSA"])
    func `a valid token of each algorithm gives user, groups and claims`(_ algorithm: String) async throws {
        let issuer = try await Issuer()
        let token = try await issuer.sign(algorithm, Self.claims(["dept": .text("ops")]))
        let keys = Self.keys(algorithm, issuer)
        let credentials = try #require(try await Self.verify(token, keys, accepting: [algorithm]))
        #expect(credentials.user == "ann@lab")
        #expect(credentials.groups == ["a", "z"])
        #expect(credentials.claims["dept"] == ["ops"])
        #expect(credentials.roles.isEmpty)
    }

    @Test(arguments: ["HS256", "RS256", "ES256", "EdDSA"])
    func `an algorithm that is not configured is refused even if its key is`(_ algorithm: String) async throws {
        let issuer = try await Issuer()
        let keys = Self.keys(algorithm, issuer)
        guard algorithm != "HS256" else {
            await #expect(throws: JWTKeyError.self) { try await Self.verify("", keys, accepting: ["RS256"]) }
            return
        }
        let token = try await issuer.sign(algorithm, Self.claims())
        #expect(try await Self.verify(token, keys, accepting: ["HS256"]) == nil)
    }

    @Test func `an EdDSA key may be openssl's PEM file`() async throws {
        let secret = try Issuer.openssl(["genpkey", "-algorithm", "ED25519"])
        let pem = try Issuer.openssl(["pkey", "-pubout"], input: secret)
        let lines = secret.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let d = try #require(Data(base64Encoded: lines)).suffix(32).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let issuer = JWTKeyCollection()
        await issuer.add(eddsa: try EdDSA.PrivateKey(d: d, curve: .ed25519))
        let token = try await issuer.sign(Payload(Self.claims()))
        #expect(try await Self.verify(token, pem, accepting: ["EdDSA"])?.user == "ann@lab")
        let other = try Issuer.openssl(
            ["pkey", "-pubout"], input: Issuer.openssl(["genpkey", "-algorithm", "ED25519"]))
        #expect(try await Self.verify(token, other, accepting: ["EdDSA"]) == nil)
    }

    @Test func `a public key is not accepted as a secret for HS256`() async throws {
        // The classic attack: sign with the public key as if it were a shared secret.
        let issuer = try await Issuer()
        let pem = issuer.rsa.publicKey.pemRepresentation
        let forger = JWTKeyCollection()
        await forger.add(hmac: HMACKey(from: pem), digestAlgorithm: .sha256)
        let token = try await forger.sign(Payload(Self.claims()))
        #expect(try await Self.verify(token, pem, accepting: ["RS256", "HS256"]) == nil)
    }

    static let wrong: [(String, [String: JSONValue])] = [
        ("another issuer", ["iss": .text("https://evil.lab")]),
        ("no issuer", ["iss": .null]),
        ("a list of issuers", ["iss": .list([.text("https://id.lab"), .text("https://evil.lab")])]),
        ("another audience", ["aud": .text("billing")]),
        ("no audience", ["aud": .null]),
        ("an empty list of audiences", ["aud": .list([])]),
        ("expired", ["exp": .number((now - 1).rounded(.down))]),
        ("an expiry that is no number", ["exp": .text("tomorrow")]),
        ("no expiry", ["exp": .null]),
        ("a start in the future", ["nbf": .number(now + 3600)]),
        ("a start that is no number", ["nbf": .text("soon")]),
    ]

    @Test(arguments: wrong)
    func `a token with one wrong claim is refused`(_ name: String, _ change: [String: JSONValue]) async throws {
        let issuer = try await Issuer()
        let token = try await issuer.sign("HS256", Self.claims(change))
        #expect(try await Self.verify(token, Issuer.secret, accepting: ["HS256"]) == nil, "\(name)")
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
        let issuer = try await Issuer()
        var claims = Self.claims()
        claims["exp"] = nil
        let token = try await issuer.sign("HS256", claims)
        #expect(try await Self.verify(token, Issuer.secret, accepting: ["HS256"]) == nil)
    }

    @Test func `a token for several audiences is accepted if ours is among them`() async throws {
        let issuer = try await Issuer()
        let token = try await issuer.sign("HS256", Self.claims(["aud": .list([.text("x"), .text("remotisan")])]))
        #expect(try await Self.verify(token, Issuer.secret, accepting: ["HS256"]) != nil)
    }

    @Test(arguments: ["none", "None", "NONE", "nOnE"])
    func `alg none is refused`(_ name: String) async throws {
        func encode(_ text: String) -> String {
            Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
        }
        let body = #"{"iss":"https://id.lab","aud":"remotisan","sub":"ann@lab","exp":99999999999}"#
        for signature in ["", "AAAA"] {
            let token = encode(#"{"alg":"\#(name)","typ":"JWT"}"#) + "." + encode(body) + "." + signature
            #expect(try await Self.verify(token, Issuer.secret, accepting: ["HS256"]) == nil)
        }
    }

    @Test func `a token with critical extensions is refused`() async throws {
        let issuer = try await Issuer()
        let token = try await issuer.keys.sign(
            Payload(Self.claims()), kid: "HS256", header: ["crit": .array([.string("exp")])])
        #expect(try await Self.verify(token, Issuer.secret, accepting: ["HS256"]) == nil)
    }

    @Test func `every token with one character changed is refused`() async throws {
        let issuer = try await Issuer()
        let token = try await issuer.sign("HS256", Self.claims())
        let accepted = try await onThread {
            let (verifier, directory) = try Self.verifier(Issuer.secret, ["HS256"])
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
        let token = try await Issuer().sign("EdDSA", Self.claims())
        let others = Self.keys("EdDSA", try await Issuer())
        #expect(try await Self.verify(token, others, accepting: ["EdDSA"]) == nil)
    }

    @Test(
        arguments: [
            ("", ["HS256"]), ("short", ["HS256"]), (String(repeating: "s", count: 40), ["RS256"]),
            (String(repeating: "s", count: 40), ["HS256", "RS256"]), ("{}", ["RS256"]), ("{\"keys\":7}", ["RS256"]),
            ("{\"keys\":[{\"kty\":\"RSA\"}]}", ["RS256"]),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", ["RS256"]),
        ] as [(String, Set<String>)])
    func `keys that cannot be used are an error that does not show them`(
        _ keys: String, _ algorithms: Set<String>
    ) async throws {
        let error = await #expect(throws: JWTKeyError.self) { try await Self.verify("", keys, accepting: algorithms) }
        let text = try #require(error).description
        #expect(text.hasSuffix("."))
        for type in ["DecodingError", "JWTKitError", "CodingKey"] { #expect(!text.contains(type), "\(text)") }
        #expect(keys.count < 20 || !text.contains(keys))
    }

    @Test func `a request with a token has the roles of its groups and claims`() async throws {
        let issuer = try await Issuer()
        let directory = try TemporaryDirectory()
        try Data(Issuer.secret.utf8).write(to: URL(fileURLWithPath: directory.path + "/secret"))
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
