import Core
import Crypto
import Foundation

/// The token in our page. A request that has it was made by the page.
///
/// A token is the time, a random nonce, and the HMAC of both and the user identifier. So no token has to be stored, and
/// the token of one person is not valid for another. The page gets a new one when its token has expired.
struct CSRFToken: Sendable {
    let secret: SymmetricKey
    /// Seconds for which a token is valid.
    static let lifetime: Int64 = 24 * 3600

    /// Makes a token for a person. Each call makes another one.
    ///
    /// - Parameter now: Unix seconds.
    func make(for person: Person, now: Int64 = Clock.seconds()) -> String {
        let nonce = "\(now):" + SymmetricKey(size: .bits128).withUnsafeBytes { Data($0).base64EncodedString() }
        let code = HMAC<SHA256>.authenticationCode(for: message(nonce, person), using: secret)
        return "\(nonce).\(Data(code).base64EncodedString())"
    }

    /// Whether a token was made here for this person, less than a ``lifetime`` ago. The comparison takes constant time.
    ///
    /// A token from the future is valid, too, if the clock was set back by less than that.
    func isValid(_ token: String, for person: Person, now: Int64 = Clock.seconds()) -> Bool {
        let parts = token.split(separator: ".")
        guard parts.count == 2, let made = Int64(parts[0].prefix { $0 != ":" }),
            abs(now.subtractingReportingOverflow(made).partialValue) < Self.lifetime,
            let code = Data(base64Encoded: String(parts[1]))
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: message(String(parts[0]), person), using: secret)
    }

    private func message(_ nonce: String, _ person: Person) -> Data {
        Data("csrf\0\(nonce)\0\(person.identifier)".utf8)
    }
}
