import Foundation
import JWTKit
import TestSupport
import Testing

@testable import Core
@testable import Web

/// The file of the keys.
extension JWTVerifierTests {
    @Test func `a token that names an unknown key is tried on no other`() async throws {
        let issuer = try await JWTIssuer()
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
        let issuer = try await JWTIssuer()
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
        let (old, new) = (try await JWTIssuer(), try await JWTIssuer())
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
        let secret = try JWTIssuer.openssl(["genpkey", "-algorithm", "ED25519"])
        let pem = try JWTIssuer.openssl(["pkey", "-pubout"], input: secret)
        let lines = secret.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let d = try #require(Data(base64Encoded: lines)).suffix(32).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let issuer = JWTKeyCollection()
        await issuer.add(eddsa: try EdDSA.PrivateKey(d: d, curve: .ed25519))
        let token = try await issuer.sign(JWTIssuer.Payload(Self.claims()))
        #expect(try await Self.verify(token, pem, accepting: ["EdDSA"])?.user == "ann@lab")
        let other = try JWTIssuer.openssl(
            ["pkey", "-pubout"], input: JWTIssuer.openssl(["genpkey", "-algorithm", "ED25519"]))
        #expect(try await Self.verify(token, other, accepting: ["EdDSA"]) == nil)
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
}
