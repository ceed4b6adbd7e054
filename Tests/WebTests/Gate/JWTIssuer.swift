import Core
import Foundation
import JWTKit
import TestSupport
import Testing

/// Signs tokens with a key of every kind.
struct JWTIssuer {
    struct Payload: JWTPayload {
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
                default: ["kty": "OKP", "crv": "Ed25519", "x": Self.base64URL(eddsa)]
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
        let process = TestProcess()
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

    static func base64URL(_ key: EdDSA.PrivateKey) -> String {
        key.publicKey.rawRepresentation.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
