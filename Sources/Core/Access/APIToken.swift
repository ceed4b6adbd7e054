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
    /// The only roles that it grants. Role rules that name its user do not count.
    package let roles: Set<String>
    /// Whether it grants the rights of a super user. The list of super users does not count.
    package let isSuperUser: Bool
    /// Time of creation, in Unix seconds.
    package let createdAt: Int64
    /// Time of expiry, in Unix seconds; nil if it never expires.
    package let expiresAt: Int64?
    /// Time of its last recorded use, in Unix seconds; nil if it was never used.
    package let lastUsedAt: Int64?

    package init(
        id: Int64, name: String, user: String, roles: Set<String>, isSuperUser: Bool = false, createdAt: Int64,
        expiresAt: Int64?, lastUsedAt: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.user = user
        self.roles = roles
        self.isSuperUser = isSuperUser
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }

    /// The time at which it ends, in Unix seconds; nil if it never does.
    ///
    /// - Parameter maxAge: Seconds after its creation at which every token ends; nil for no limit.
    package func end(maxAge: Int64?) -> Int64? {
        [expiresAt, maxAge.map { createdAt + $0 }].compactMap { $0 }.min()
    }

    /// Whether the token has not ended.
    package func isValid(at now: Int64, maxAge: Int64? = nil) -> Bool {
        end(maxAge: maxAge).map { now < $0 } ?? true
    }

    /// Whether a use now is recorded: at most once a minute, so that a request rarely writes. A recorded use in the
    /// future shows that a clock was wrong, and is replaced.
    package func isUseDue(at now: Int64) -> Bool {
        lastUsedAt.map { abs(now - $0) >= Self.useInterval } ?? true
    }

    /// Seconds between two recorded uses of a token.
    package static let useInterval: Int64 = 60

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

/// The API token that started an execution or made a request, as the audit names it. It may have been revoked since.
package struct TokenReference: Sendable, Equatable, CustomStringConvertible {
    /// Its number.
    package let id: Int64
    /// Its purpose, as its creator described it.
    package let name: String

    package init(id: Int64, name: String) {
        self.id = id
        self.name = name
    }

    package init(_ token: APIToken) {
        self.init(id: token.id, name: token.name)
    }

    /// `token 3 (nightly)`, or `token 3` without a name.
    package var description: String {
        name.isEmpty ? "token \(id)" : "token \(id) (\(name))"
    }
}
