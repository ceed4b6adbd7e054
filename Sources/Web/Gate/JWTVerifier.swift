import Core
import Foundation
import JWTKit
import Synchronization

/// Checks JSON Web Tokens (RFC 7519): signature, algorithm, `iss`, `aud`, `exp`, `nbf`.
struct JWTVerifier: Sendable {
    private let configuration: Configuration.JWT
    private let keys: JWTKeyCollection

    /// Reads the keys of the configured file.
    init(_ configuration: Configuration.JWT) throws(JWTKeyError) {
        self.configuration = configuration
        let keys = JWTKeyCollection()
        self.keys = keys
        guard let data = FileManager.default.contents(atPath: configuration.keyFile), !data.isEmpty else {
            throw JWTKeyError(
                description: "jwt.key_file: \(configuration.keyFile) cannot be read, or is empty. Put the keys there.")
        }
        do {
            try Self.wait { try await Self.load(data, configuration, into: keys) }
        } catch {
            let reason = Self.reason(error)
            throw JWTKeyError(
                description: "jwt.key_file: The keys in \(configuration.keyFile) cannot be used: \(reason).")
        }
    }

    /// The cause of an error, in words for the administrator, without the names of Swift types.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as JWTKeyError: error.description
        case is DecodingError:
            "the file is not a JWK set, which is an object with the list `keys` (RFC 7517, section 5)"
        case let error as JWTError: "a key is incomplete: \(error.reason ?? "\(error.errorType)")"
        default: "\(error)"
        }
    }

    /// The credentials in a token; nil if the token is invalid.
    func verify(_ token: String) -> Credentials? {
        // The key decides how the signature is checked. The configured list decides which algorithms are accepted.
        guard let header = Self.header(of: token), configuration.algorithms.contains(header.alg),
            !header.hasCriticalExtensions
        else { return nil }
        let claims = try? Self.wait { [keys] in
            try await keys.verify(token, as: Claims.self, iteratingKeys: header.kid == nil)
        }
        guard let claims, claims.isAccepted(by: configuration, now: Date.now.timeIntervalSince1970) else { return nil }
        return Credentials(
            user: claims.texts(configuration.userClaim).first ?? "",
            groups: Set(claims.texts(configuration.groupsClaim)),
            claims: claims.values.mapValues { Set($0.texts) })
    }

    private static func load(_ data: Data, _ configuration: Configuration.JWT, into keys: JWTKeyCollection) async throws
    {
        let text = String(decoding: data, as: UTF8.self)
        if text.drop(while: \.isWhitespace).first == "{" {
            try await keys.add(jwks: JSONDecoder().decode(JWKS.self, from: data))
            return
        }
        guard text.contains("-----BEGIN") else {
            guard configuration.algorithms == ["HS256"] else {
                throw JWTKeyError(
                    description: "the file has no JWK set and no PEM key, and a secret needs `algorithms: [HS256]`")
            }
            let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard secret.utf8.count >= 32 else {
                throw JWTKeyError(description: "a secret for HS256 needs at least 32 bytes (RFC 7518, section 3.2)")
            }
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
            return
        }
        if let key = try? Insecure.RSA.PublicKey(pem: text) {
            await keys.add(rsa: key, digestAlgorithm: .sha256)
        } else if let key = try? ES256PublicKey(pem: text) {
            await keys.add(ecdsa: key)
        } else if let key = ed25519(pem: text) {
            await keys.add(eddsa: key)
        } else {
            throw JWTKeyError(description: "the PEM is not a public key of RSA, P-256 or Ed25519")
        }
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

    /// The fields of a token's header that decide before the signature is checked.
    ///
    /// JWTKit's `JWTHeader` is not used. Its parser decodes the claims, too, and every nested field, before the
    /// signature is checked. A stranger could make that take seconds.
    private struct Header: Decodable {
        let alg: String
        let kid: String?
        /// Whether the header has `crit`. It lists extensions that a recipient must understand, and we support none
        /// (RFC 7515, section 4.1.11). JWTKit does not check it.
        let hasCriticalExtensions: Bool

        private enum CodingKeys: CodingKey {
            case alg, kid, crit
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            alg = try container.decode(String.self, forKey: .alg)
            kid = try container.decodeIfPresent(String.self, forKey: .kid)
            hasCriticalExtensions = container.contains(.crit)
        }
    }

    private static func header(of token: String) -> Header? {
        guard let encoded = try? DefaultJWTParser().getTokenParts(Array(token.utf8)).header else { return nil }
        var base64 = String(decoding: encoded, as: UTF8.self).replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: base64).flatMap { try? JSONDecoder().decode(Header.self, from: $0) }
    }

    /// Waits for asynchronous work. The calling thread does not belong to Swift's thread pool, so the pool is not
    /// blocked.
    private static func wait<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result<Value, any Error>?>(nil)
        Task {
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            done.signal()
        }
        done.wait()
        guard let outcome = result.withLock({ $0 }) else { throw JWTKeyError(description: "the keys were not loaded") }
        return try outcome.get()
    }
}

/// The keys cannot be used.
struct JWTKeyError: Error, CustomStringConvertible {
    let description: String
}
