import Crypto
import Foundation

/// A bearer token for scripts. The store keeps only its hash.
package struct APIToken: Sendable, Equatable {
    /// Number under which it is listed and revoked.
    package let id: Int64
    /// What it is for, in its maker's words.
    package let name: String
    /// Who the audit says it was.
    package let user: String
    /// Roles that it grants.
    package let roles: Set<String>
    /// Unix seconds of its making.
    package let createdAt: Int64
    /// Unix seconds after which it is worth nothing; nil: never.
    package let expiresAt: Int64?

    /// Creates a token as the store has it.
    package init(id: Int64, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?) {
        self.id = id
        self.name = name
        self.user = user
        self.roles = roles
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether it is still good.
    package func isValid(at now: Int64) -> Bool {
        expiresAt.map { now < $0 } ?? true
    }

    /// What tells our tokens from JSON Web Tokens at a glance, and finds them in places where they leaked.
    package static let prefix = "rms_"

    /// A new secret: 32 random bytes. It is shown once and stored nowhere.
    package static func makeSecret() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return prefix + bytes.hexadecimal
    }

    /// What the store keeps in place of a secret: SHA-256, in hexadecimal.
    ///
    /// No salt and no slow hash: the secret is random, there is nothing to guess.
    package static func hash(of secret: String) -> String {
        SHA256.hash(data: Data(secret.utf8)).hexadecimal
    }
}
