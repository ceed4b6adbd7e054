import Crypto
import Foundation

/// A bearer token for scripts. The store keeps only its hash.
public struct APIToken: Sendable, Equatable {
    /// Number under which it is listed and revoked.
    public let id: Int64
    /// What it is for, in its maker's words.
    public let name: String
    /// Who the audit says it was.
    public let user: String
    /// Roles that it grants.
    public let roles: Set<String>
    /// Unix seconds of its making.
    public let createdAt: Int64
    /// Unix seconds after which it is worth nothing; nil: never.
    public let expiresAt: Int64?

    /// Creates a token as the store has it.
    public init(id: Int64, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?) {
        self.id = id
        self.name = name
        self.user = user
        self.roles = roles
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// Whether it is still good.
    public func isValid(at now: Int64) -> Bool {
        expiresAt.map { now < $0 } ?? true
    }

    /// What tells our tokens from JSON Web Tokens at a glance, and finds them in places where they leaked.
    public static let prefix = "rms_"

    /// A new secret: 32 random bytes. It is shown once and stored nowhere.
    public static func makeSecret() -> String {
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return prefix + bytes.hexadecimal
    }

    /// What the store keeps in place of a secret: SHA-256, in hexadecimal.
    ///
    /// No salt and no slow hash: the secret is random, there is nothing to guess.
    public static func hash(of secret: String) -> String {
        SHA256.hash(data: Data(secret.utf8)).hexadecimal
    }
}
