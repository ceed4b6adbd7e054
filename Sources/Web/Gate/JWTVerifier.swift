import Core
import Foundation
import JWTKit
import Synchronization

/// Checks JSON Web Tokens (RFC 7519): signature, algorithm, `iss`, `aud`, `exp`, `nbf`.
struct JWTVerifier: Sendable {
    private let configuration: Configuration.JWT
    private let keys: JWTKeyCollection

    /// A verifier with the keys of the configured file.
    ///
    /// - Throws: ``JWTKeyError``.
    init(_ configuration: Configuration.JWT) throws {
        self.configuration = configuration
        let keys = JWTKeyCollection()
        self.keys = keys
        guard let data = FileManager.default.contents(atPath: configuration.keyFile), !data.isEmpty else {
            throw JWTKeyError(
                description: "The keys of jwt (\(configuration.keyFile)) cannot be read, or there are none.")
        }
        do {
            try Self.wait { try await Self.load(data, configuration, into: keys) }
        } catch {
            throw JWTKeyError(
                description: "The keys of jwt (\(configuration.keyFile)) cannot be used: \(Self.reason(error)).")
        }
    }

    /// What an operator needs of an error: not the names of our types.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let problem as JWTKeyError: problem.description
        case is DecodingError: "it is no JWK set, an object with the list `keys` (RFC 7517, section 5)"
        case let error as JWTError: "one of its keys is not complete: \(error.reason ?? "\(error.errorType)")"
        default: "\(error)"
        }
    }

    /// What a token says of its bearer; nil if anything about it is not right.
    func verify(_ token: String) -> Credentials? {
        // The key decides how a signature is checked; the list, whether we would take such a one at all.
        guard let header = Self.header(of: token), configuration.algorithms.contains(header.alg) else { return nil }
        let claims = try? Self.wait { [keys] in
            try await keys.verify(token, as: Claims.self, iteratingKeys: header.kid == nil)
        }
        guard let claims, claims.isFor(configuration, now: Date.now.timeIntervalSince1970) else { return nil }
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
                    description: "it is neither a JWK set nor a PEM key, so it can only be a secret of HS256")
            }
            let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard secret.utf8.count >= 32 else {
                throw JWTKeyError(description: "a secret of HS256 has at least 32 bytes (RFC 7518, section 3.2)")
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
            throw JWTKeyError(description: "the PEM is no public key of RSA, P-256 or Ed25519")
        }
    }

    /// The Ed25519 key of a PEM (RFC 8410, section 4): always this prefix of DER and the 32 bytes.
    private static func ed25519(pem: String) -> EdDSA.PublicKey? {
        let base64 = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        guard let der = Data(base64Encoded: base64), der.count == prefix.count + 32, der.starts(with: prefix)
        else { return nil }
        let x = der.dropFirst(prefix.count).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return try? EdDSA.PublicKey(x: x, curve: .ed25519)
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String?
    }

    private static func header(of token: String) -> Header? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var base64 = String(parts[0]).replacing("-", with: "+").replacing("_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.count % 4) % 4)
        return Data(base64Encoded: base64).flatMap { try? JSONDecoder().decode(Header.self, from: $0) }
    }

    /// Waits for asynchronous work. Our threads are not the runtime's, so waiting in one holds up nobody else.
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
        guard let outcome = result.withLock({ $0 }) else { throw JWTKeyError(description: "there was no answer") }
        return try outcome.get()
    }
}

/// What can be wrong with the keys.
struct JWTKeyError: Error, CustomStringConvertible {
    let description: String
}
