import Core
import Crypto
import Foundation

/// Tokens that show that a state change comes from our own page.
///
/// A random nonce and its HMAC together with the user identifier: nothing has to be stored, and one person's token
/// is worth nothing for another.
struct CSRFToken: Sendable {
    let secret: SymmetricKey

    /// A new token for a person.
    func make(for person: Person) -> String {
        let nonce = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0).base64EncodedString() }
        return "\(nonce).\(code(nonce, person))"
    }

    /// Whether a token is one of ours for this person; compared in constant time.
    func isValid(_ token: String, for person: Person) -> Bool {
        let parts = token.split(separator: ".")
        guard parts.count == 2, let given = Data(base64Encoded: String(parts[1])) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            given, authenticating: message(String(parts[0]), person), using: secret)
    }

    private func code(_ nonce: String, _ person: Person) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: message(nonce, person), using: secret)).base64EncodedString()
    }

    private func message(_ nonce: String, _ person: Person) -> Data {
        Data("csrf\0\(nonce)\0\(person.identifier)".utf8)
    }
}
