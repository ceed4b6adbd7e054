import Foundation
import HTTPTypes
import JWTKit
import Logging
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

        /// A token with a header of our choice, signed as the algorithm does.
        func sign(
            _ algorithm: String, _ claims: [String: JSONValue], kid: String?, claiming claimed: String
        ) async throws -> String {
            let name = kid.map { #","kid":"\#($0)""# } ?? ""
            let parts = [Data(#"{"alg":"\#(claimed)"\#(name)}"#.utf8), try JSONEncoder().encode(claims)].map(
                Self.encoded)
            let message = Array(parts.joined(separator: ".").utf8)
            let signature = try await keys.getKey(for: JWKIdentifier(string: algorithm)).sign(message)
            return (parts + [Self.encoded(Data(signature))]).joined(separator: ".")
        }

        private static func encoded(_ data: Data) -> String {
            urlSafe(data.base64EncodedString())
        }

        private static func urlSafe(_ base64: String) -> String {
            base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }

        /// A JWK set of the keys for some algorithms, by name.
        func jwks(kids: [String: String?]) throws -> String {
            let rsaKey = try rsa.publicKey.getKeyPrimitives()
            let ecdsaKey = try #require(ecdsa.publicKey.parameters)
            let all = try kids.sorted { $0.key < $1.key }.map { algorithm, kid in
                var members: [String: String] =
                    switch algorithm {
                    case "RS256":
                        [
                            "kty": "RSA", "n": Self.encoded(rsaKey.modulus), "e": Self.encoded(rsaKey.publicExponent),
                        ]
                    case "ES256":
                        ["kty": "EC", "crv": "P-256", "x": Self.urlSafe(ecdsaKey.x), "y": Self.urlSafe(ecdsaKey.y)]
                    default: ["kty": "OKP", "crv": "Ed25519", "x": JWTVerifierTests.base64URL(eddsa)]
                    }
                if let kid { members["kid"] = kid }
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                return String(decoding: try encoder.encode(members), as: UTF8.self)
            }
            return #"{"keys":[\#(all.joined(separator: ","))]}"#
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
        return (try verifier(ofFile: path, algorithms), directory)
    }

    private static func verifier(
        ofFile path: String, _ algorithms: Set<String>, log: Logger = RecordedLog().logger
    ) throws -> JWTVerifier {
        try JWTVerifier(
            .init(
                keyFile: path, algorithms: algorithms, issuer: "https://id.lab", audience: "remotisan",
                userClaim: "sub",
                groupsClaim: "groups"), log: log)
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
        #expect(credentials.token == nil)
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
        // With a JWK set or a PEM file of another algorithm there is no key at all.
        await #expect(throws: JWTKeyError.self) { try await Self.verify(token, keys, accepting: ["HS256"]) }
    }

    @Test func `a header cannot choose an algorithm that is not configured, whatever the keys are`() async throws {
        let issuer = try await Issuer()
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

    @Test func `a token that names an unknown key is tried on no other`() async throws {
        let issuer = try await Issuer()
        let set = try issuer.jwks(kids: ["RS256": "first"])
        let kids: [(String?, Bool)] = [
            ("first", true), ("First", false), ("other", false), ("", false), (nil, true),
        ]
        for (kid, isGood) in kids {
            let token = try await issuer.sign("RS256", Self.claims(), kid: kid, claiming: "RS256")
            #expect((try await Self.verify(token, set, accepting: ["RS256"]) != nil) == isGood, "\(kid ?? "none")")
        }
        let unnamed = try issuer.jwks(kids: ["RS256": nil])
        let token = try await issuer.sign("RS256", Self.claims(), kid: "first", claiming: "RS256")
        #expect(try await Self.verify(token, unnamed, accepting: ["RS256"]) == nil)
        // A PEM file has no names.
        let pem = issuer.rsa.publicKey.pemRepresentation
        #expect(try await Self.verify(token, pem, accepting: ["RS256"]) != nil)
    }

    @Test func `keys for other purposes do not make a JWK set unusable`() async throws {
        let issuer = try await Issuer()
        let own = try issuer.jwks(kids: ["RS256": "r"]).dropFirst(#"{"keys":["#.count).dropLast(2)
        let others = [
            #"{"kty":"oct","k":"AAAA","kid":"s"}"#, #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA","kid":"k"}"#,
            #"{"kty":"RSA","alg":"RSA-OAEP","use":"enc","n":"AQAB","e":"AQAB","kid":"x"}"#, #"{"kty":"new"}"#,
        ]
        let set = #"{"keys":[\#((others + [String(own)]).joined(separator: ","))]}"#
        let token = try await issuer.sign("RS256", Self.claims(), kid: "r", claiming: "RS256")
        #expect(try await Self.verify(token, set, accepting: ["RS256"]) != nil)
        let forEncryption = set.replacing(#""kid":"r""#, with: #""kid":"r","use":"enc""#)
        await #expect(throws: JWTKeyError.self) {
            try await Self.verify(token, forEncryption, accepting: ["RS256"])
        }
    }

    @Test func `the key file is read again when it changes, and earlier keys stay if it is invalid`() async throws {
        let (old, new) = (try await Issuer(), try await Issuer())
        let oldToken = try await old.sign("RS256", Self.claims(), kid: "old", claiming: "RS256")
        let newToken = try await new.sign("RS256", Self.claims(), kid: "new", claiming: "RS256")
        let sets = (try old.jwks(kids: ["RS256": "old"]), try new.jwks(kids: ["RS256": "new"]))
        let directory = try TemporaryDirectory()
        let path = directory.path + "/keys"
        let log = RecordedLog()
        try await onThread {
            func write(_ text: String, atomically: Bool) throws {
                try text.write(toFile: path, atomically: atomically, encoding: .utf8)
            }
            try write(sets.0, atomically: false)
            let verifier = try Self.verifier(ofFile: path, ["RS256"], log: log.logger)
            func accepted() -> [Bool] { [oldToken, newToken].map { verifier.verify($0) != nil } }
            #expect(accepted() == [true, false])
            for (number, broken) in ["", "{", sets.1.replacing("RSA", with: "XXX")].enumerated() {
                try write(broken, atomically: true)
                for _ in 0..<3 { #expect(accepted() == [true, false]) }
                // Once for each change, not for each request.
                #expect(log.count("the earlier keys of JSON Web Tokens stay in effect") == number + 1)
            }
            try FileManager.default.removeItem(atPath: path)
            #expect(accepted() == [true, false])
            try write(sets.1, atomically: true)
            #expect(accepted() == [false, true])
            #expect(log.count("the keys of JSON Web Tokens were read again") == 1)
            // Written in place, with the same size and the earlier time.
            let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
            try write(sets.0, atomically: false)
            try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: path)
            #expect(accepted() == [true, false])
        }
        withExtendedLifetime(directory) {}
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
        let issuer = try await Issuer()
        let token = try await issuer.sign("HS256", Self.claims(change))
        #expect(try await Self.verify(token, Issuer.secret, accepting: ["HS256"]) == nil, "\(name)")
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
