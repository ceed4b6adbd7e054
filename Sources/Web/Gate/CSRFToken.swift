import Core
import Crypto
import Foundation

/// The token in our page. A request that has it was made by the page.
///
/// A token is a random nonce and the HMAC of the nonce and the user identifier. So no token has to be stored, and the
/// token of one person is not valid for another.
struct CSRFToken: Sendable {
    let secret: SymmetricKey

    /// Makes a token for a person. Each call makes another one.
    func make(for person: Person) -> String {
        let nonce = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0).base64EncodedString() }
        let code = HMAC<SHA256>.authenticationCode(for: message(nonce, person), using: secret)
        return "\(nonce).\(Data(code).base64EncodedString())"
    }

    /// Whether a token was made here for this person. The comparison takes constant time.
    func isValid(_ token: String, for person: Person) -> Bool {
        let parts = token.split(separator: ".")
        guard parts.count == 2, let code = Data(base64Encoded: String(parts[1])) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: message(String(parts[0]), person), using: secret)
    }

    private func message(_ nonce: String, _ person: Person) -> Data {
        Data("csrf\0\(nonce)\0\(person.identifier)".utf8)
    }
}
