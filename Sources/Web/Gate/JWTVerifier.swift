import Core
import Foundation
import JWTKit
import Logging

/// Checks JSON Web Tokens (RFC 7519): algorithm, key, signature, `iss`, `aud`, `exp`, `nbf`, `iat`.
struct JWTVerifier: Sendable {
    private let configuration: Configuration.JWT
    private let keys: JWTKeyFile

    /// Reads the keys of the configured file.
    ///
    /// - Throws: ``JWTKeyError`` with a sentence for the administrator.
    init(_ configuration: Configuration.JWT, log: Logger) throws(JWTKeyError) {
        self.configuration = configuration
        keys = try JWTKeyFile(configuration, log: log)
    }

    /// The credentials in a token; nil if the token is invalid.
    func verify(_ token: String) -> Credentials? {
        guard let header = Self.header(of: token), configuration.algorithms.contains(header.alg),
            !header.hasCriticalExtensions
        else { return nil }
        let keys = keys.current
        let claims = Blocking.wait { await keys.claims(of: token, algorithm: header.alg, kid: header.kid) }
        guard let claims, claims.isAccepted(by: configuration, now: Date.now.timeIntervalSince1970) else { return nil }
        return Credentials(
            user: claims.texts(configuration.userClaim).first ?? "",
            groups: Set(claims.texts(configuration.groupsClaim)),
            claims: claims.values.mapValues { Set($0.texts) })
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
}
