import Core
import Foundation
import JWTKit

/// The keys of `jwt.key_file`, each for one algorithm.
struct JWTKeySet: Sendable {
    private let keys: [Key]

    private struct Key: Sendable {
        /// Its name in a JWK set.
        let kid: String?
        /// The only algorithm that it verifies.
        let algorithm: String
        /// JWTKit's form of this key, and of no other.
        let collection: JWTKeyCollection
    }

    /// Whether the file is one key without a name: a PEM file or a secret.
    private let isSingle: Bool

    /// Reads the content of the file. Keys for other algorithms than the accepted ones are left out, so they never
    /// verify a signature.
    ///
    /// - Throws: ``JWTKeyError`` if no key can be used.
    init(_ data: Data, accepting algorithms: Set<String>) async throws(JWTKeyError) {
        guard let text = String(validating: data, as: UTF8.self) else { throw JWTKeyError("the file is not UTF-8") }
        isSingle = text.drop(while: \.isWhitespace).first != "{"
        let all = try await isSingle ? [Self.single(text, algorithms)] : Self.set(data)
        keys = all.filter { algorithms.contains($0.algorithm) }
        guard keys.isEmpty else { return }
        let found = Set(all.map(\.algorithm)).sorted().joined(separator: ", ")
        throw JWTKeyError("no key is for \(algorithms.sorted().joined(separator: ", ")), only for \(found)")
    }

    /// The claims of a token whose header is already known; nil if no key for exactly its algorithm and its `kid`
    /// verifies the signature.
    ///
    /// A token with a `kid` is never tried on a key with another name. A PEM file or a secret has no name, so its only
    /// key stands for any `kid`.
    func claims(of token: String, algorithm: String, kid: String?) async -> Claims? {
        for key in keys where key.algorithm == algorithm {
            if let kid, !isSingle, key.kid?.isExactly(kid) != true { continue }
            if let claims = try? await key.collection.verify(token, as: Claims.self) { return claims }
        }
        return nil
    }

    /// The keys of a JWK set (RFC 7517, section 5). Keys that we cannot use are left out, because an issuer may also
    /// publish keys for other purposes.
    private static func set(_ data: Data) async throws(JWTKeyError) -> [Key] {
        guard let set = try? JSONDecoder().decode(Entries.self, from: data) else {
            throw JWTKeyError(
                "the file is not a JWK set, which is an object with the list `keys` (RFC 7517, section 5)")
        }
        var keys: [Key] = []
        var problems: [String] = []
        for entry in set.keys where entry.isForSignatures {
            do {
                keys.append(try await key(entry))
            } catch {
                problems.append("\(error)")
            }
        }
        if keys.isEmpty { throw JWTKeyError(problems.first ?? "the list `keys` has no key for signatures") }
        return keys
    }

    private static func key(_ entry: Entries.Entry) async throws(JWTKeyError) -> Key {
        guard var jwk = entry.jwk else { throw JWTKeyError("a key has a type or curve that is not supported") }
        let usual: JWK.Algorithm? =
            switch jwk.keyType {
            case .rsa: .rs256
            case .ecdsa: jwk.curve == .ecdsa(.p256) ? .es256 : nil
            case .octetKeyPair: jwk.curve == .eddsa(.ed25519) ? .eddsa : nil
            default: nil
            }
        guard let algorithm = jwk.algorithm ?? usual else {
            throw JWTKeyError("a key has a type or curve that is not supported")
        }
        let kid = jwk.keyIdentifier?.string
        jwk.algorithm = algorithm
        // JWTKit requires a name.
        jwk.keyIdentifier = "key"
        let collection = JWTKeyCollection()
        do {
            try await collection.add(jwk: jwk)
        } catch {
            let error = error as? JWTError
            throw JWTKeyError("a key is incomplete: \(error?.reason ?? error.map { "\($0.errorType)" } ?? "invalid")")
        }
        return Key(kid: kid, algorithm: algorithm.rawValue, collection: collection)
    }

    /// The key of a PEM file, or the secret of HS256.
    private static func single(_ text: String, _ algorithms: Set<String>) async throws(JWTKeyError) -> Key {
        let collection = JWTKeyCollection()
        guard text.contains("-----BEGIN") else {
            guard algorithms == ["HS256"] else {
                throw JWTKeyError("the file has no JWK set and no PEM key, and a secret needs `algorithms: [HS256]`")
            }
            let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard secret.utf8.count >= 32 else {
                throw JWTKeyError("a secret for HS256 needs at least 32 bytes (RFC 7518, section 3.2)")
            }
            await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
            return Key(kid: nil, algorithm: "HS256", collection: collection)
        }
        if let key = try? Insecure.RSA.PublicKey(pem: text) {
            await collection.add(rsa: key, digestAlgorithm: .sha256)
            return Key(kid: nil, algorithm: "RS256", collection: collection)
        }
        if let key = try? ES256PublicKey(pem: text) {
            await collection.add(ecdsa: key)
            return Key(kid: nil, algorithm: "ES256", collection: collection)
        }
        guard let key = ed25519(pem: text) else {
            throw JWTKeyError("the PEM is not a public key of RSA, P-256 or Ed25519")
        }
        await collection.add(eddsa: key)
        return Key(kid: nil, algorithm: "EdDSA", collection: collection)
    }

    /// Reads an Ed25519 key from a PEM (RFC 8410, section 4): always the same 12 bytes of DER, then 32 bytes of key.
    private static func ed25519(pem: String) -> EdDSA.PublicKey? {
        let base64 = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        guard let der = Data(base64Encoded: base64), der.count == prefix.count + 32, der.starts(with: prefix)
        else { return nil }
        let x = der.dropFirst(prefix.count).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return try? EdDSA.PublicKey(x: x, curve: .ed25519)
    }

    /// A JWK set. A key that JWTKit cannot read does not make the whole set unreadable.
    private struct Entries: Decodable {
        let keys: [Entry]

        struct Entry: Decodable {
            let jwk: JWK?
            /// Whether `use` and `key_ops` permit to verify signatures (RFC 7517, sections 4.2 and 4.3).
            let isForSignatures: Bool

            private enum CodingKeys: String, CodingKey {
                case use
                case operations = "key_ops"
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                let use = try? container.decodeIfPresent(String.self, forKey: .use)
                let operations = try? container.decodeIfPresent([String].self, forKey: .operations)
                isForSignatures = (use ?? "sig") == "sig" && (operations?.contains("verify") ?? true)
                jwk = try? JWK(from: decoder)
            }
        }
    }
}

/// The keys cannot be used.
struct JWTKeyError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
