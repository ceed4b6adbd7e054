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

    @Test(
        arguments: [
            (nil, nil, nil), (50, nil, 50), (nil, 10, 11), (50, 10, 11), (5, 10, 5),
        ] as [(Int64?, Int64?, Int64?)])
    func `the first of expiration and maximum age ends a token`(
        _ expiresAt: Int64?, _ maxAge: Int64?, _ end: Int64?
    ) {
        let token = APIToken(id: 1, name: "", user: "x", roles: [], createdAt: 1, expiresAt: expiresAt)
        #expect(token.end(maxAge: maxAge) == end)
    }

    @Test(
        arguments: [(nil, true), (1000, false), (941, false), (940, true), (1059, false), (1060, true)]
            as [(Int64?, Bool)])
    func `a use is recorded once a minute`(_ lastUsedAt: Int64?, _ isDue: Bool) {
        let token = APIToken(
            id: 1, name: "", user: "x", roles: [], createdAt: 1, expiresAt: nil, lastUsedAt: lastUsedAt)
        #expect(token.isUseDue(at: 1000) == isDue)
    }
}
