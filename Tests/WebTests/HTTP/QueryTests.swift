import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct QueryTests {
    @Test(
        arguments: [
            ("", nil), ("a", ""), ("a=", ""), ("a=1", "1"), ("a=1&a=2", "2"), ("&&a=1&", "1"), ("a=b=c", "b=c"),
            ("a=x+y%2Bz", "x y+z"), ("%61=1", "1"), ("b=1", nil), ("a=%F0%9F%98%80", "\u{1F600}"), ("=1", nil),
            ("a=\u{E9}", "\u{E9}"),
        ] as [(String, String?)])
    func `the last value of a field counts`(_ text: String, _ expected: String?) throws {
        #expect(try Query(text[...])["a"] == expected)
    }

    @Test(arguments: ["a=%", "a=%f", "%zz=1", "a=%ff", "a=%00", "a=1&b=%c3%28"])
    func `a query that cannot be decoded is 400`(_ text: String) {
        let error = #expect(throws: HTTPError.self) { try Query(text[...]) }
        #expect(error?.status == .badRequest)
    }

    @Test func `a field with brackets is an array`() throws {
        #expect(try Query("a[]=1").isArray("a"))
        #expect(try Query("a%5Bb%5D").isArray("a"))
        #expect(try !Query("ab[]=1&a=2").isArray("a"))
    }

    @Test func `encoded text is decoded to the same text`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 1...0x10FFFF, using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let encoded = PercentEncoding.encode(text)
            #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            let decoded = PercentEncoding.decode(encoded.utf8, plusIsSpace: true)
            #expect(decoded.map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
