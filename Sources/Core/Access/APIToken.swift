import Crypto
import Foundation

/// A bearer token for scripts. The store keeps only its hash.
package struct APIToken: Sendable, Equatable {
    /// The number by which it is listed and revoked.
    package let id: Int64
    /// What it is for, in the words of its creator.
    package let name: String
    /// The user that the audit records.
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

    /// What the store keeps instead of a secret: its SHA-256, in hexadecimal.
    ///
    /// It needs neither a salt nor a slow hash, because a random secret cannot be guessed.
    package static func hash(of secret: String) -> String {
        SHA256.hash(data: Data(secret.utf8)).hexadecimal
    }
}
