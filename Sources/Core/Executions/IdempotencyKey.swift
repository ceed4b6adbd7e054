import Crypto
import Foundation

/// The key of a request to start a command, which the client chose. The same key of the same person within a day means
/// the same execution, so a client that got no answer can send the request again.
///
/// The store keeps only hashes. The key is the secret of the body's hash, and is stored nowhere. So a random key keeps
/// the secrets in a body from being guessed by their hash.
package struct IdempotencyKey: Sendable, Equatable {
    /// SHA-256 of user and key, in hexadecimal. Two people never share one.
    package let hash: String
    /// HMAC-SHA256 of the body with the key, in hexadecimal.
    package let bodyHash: String
    /// The moment of the request.
    package let moment: Moment

    /// Seconds for which a key is known.
    package static let lifetime: Int64 = 86_400

    /// A moment by both clocks.
    package struct Moment: Sendable, Equatable {
        /// The boot of this machine.
        package let bootID: String
        /// Seconds of the boot clock.
        package let bootSeconds: Int64
        /// Unix seconds.
        package let seconds: Int64

        package init(bootID: String, bootSeconds: Int64, seconds: Int64) {
            self.bootID = bootID
            self.bootSeconds = bootSeconds
            self.seconds = seconds
        }

        package static var now: Moment {
            Moment(
                bootID: BootID.current, bootSeconds: Clock.boottimeMilliseconds() / 1000, seconds: Clock.seconds())
        }
    }

    package init(_ key: String, of person: Person, body: [UInt8], at moment: Moment = .now) {
        // NUL is in no user identifier, so user and key cannot be mistaken for another pair.
        hash = SHA256.hash(data: Data("\(person.identifier)\0\(key)".utf8)).hexadecimal
        let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Data(key.utf8)))
        bodyHash = Data(code).hexadecimal
        self.moment = moment
    }
}

/// The request that used an idempotency key first.
package struct FirstRequest: Sendable, Equatable {
    /// The job that it started.
    package let jobUUID: String
    /// ``IdempotencyKey/bodyHash``.
    package let bodyHash: String
    /// Number of executions that were queued before it; nil if it was not queued.
    package let ahead: Int?

    package init(jobUUID: String, bodyHash: String, ahead: Int?) {
        self.jobUUID = jobUUID
        self.bodyHash = bodyHash
        self.ahead = ahead
    }
}
