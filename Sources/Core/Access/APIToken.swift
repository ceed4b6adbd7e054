import Crypto
import Foundation

/// A bearer token for scripts. The store keeps only its hash.
package struct APIToken: Sendable, Equatable {
    /// The number by which it is listed and revoked.
    package let id: Int64
    /// Its purpose, as its creator described it.
    package let name: String
    /// The user that the history shows.
    package let user: String
    /// Roles that it grants.
    package let roles: Set<String>
    /// Time of creation, in Unix seconds.
    package let createdAt: Int64
    /// Time of expiry, in Unix seconds; nil if it never expires.
    package let expiresAt: Int64?

    package init(id: Int64, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?) {
        self.id = id
        self.name = name
        self.user = user
        self.roles = roles
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether the token has not expired.
    package func isValid(at now: Int64) -> Bool {
        expiresAt.map { now < $0 } ?? true
    }

    /// Distinguishes our tokens from JSON Web Tokens, and helps secret scanners to find leaked ones.
    package static let prefix = "rms_"

    /// A new secret of 32 random bytes. It is shown once and stored nowhere.
    package static func makeSecret() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return prefix + bytes.hexadecimal
    }

    /// The SHA-256 of a secret, in hexadecimal. The store keeps it instead of the secret.
    ///
    /// The hash needs neither a salt nor a slow hash, because a random secret cannot be guessed.
    package static func hash(of secret: String) -> String {
        SHA256.hash(data: Data(secret.utf8)).hexadecimal
    }
}
