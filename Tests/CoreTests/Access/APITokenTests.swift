import Testing

@testable import Core

struct APITokenTests {
    @Test func `a token has a prefix and 32 random bytes`() {
        let secrets = (0..<50).map { _ in APIToken.makeSecret() }
        #expect(Set(secrets).count == 50)
        for secret in secrets {
            #expect(secret.hasPrefix("rms_"))
            let digits = secret.dropFirst(4)
            #expect(digits.count == 64 && digits.allSatisfy(\.isHexDigit))
            #expect(!APIToken.hash(of: secret).contains(digits))
        }
    }

    @Test func `the hash is SHA-256 in hexadecimal`() {
        // FIPS 180-2, appendix B.1.
        #expect(APIToken.hash(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(arguments: [(nil, true), (101, true), (100, false), (99, false)] as [(Int64?, Bool)])
    func `a token expires at its expiration time`(_ expiresAt: Int64?, _ isValid: Bool) {
        let token = APIToken(id: 1, name: "", user: "x", roles: [], createdAt: 1, expiresAt: expiresAt)
        #expect(token.isValid(at: 100) == isValid)
    }
}
