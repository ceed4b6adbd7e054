import TestSupport
import Testing

@testable import Web

struct CGIVariablesTests {
    @Test func `the first value of a name counts, and a repeated name is noticed`() {
        let variables = CGIVariables([("A", "1"), ("AB", "1"), ("B", "1"), ("B", "2"), ("B", "1")])
        #expect(variables["A"] == "1")
        #expect(!variables.isRepeated("A"))
        #expect(variables["B"] == "1")
        #expect(variables.isRepeated("B"))
        #expect(!variables.isRepeated("C"))
    }

    @Test func `control characters are found, but not in certificates`() {
        let cases: [(String, String, Bool)] = [
            ("HTTP_X", "a\0b", true), ("HTTP_X", "a\nb", true), ("HTTP_X", "\u{7F}", true), ("HTTP_X\u{1}", "a", true),
            ("QUERY_STRING", "\r", true), ("HTTP_X", "a\tb é", false), ("SSL_CLIENT_CERT", "-----\nMII\n", false),
            ("SSL_CLIENT_CERT", "a\0b", true), ("SERVER_SIGNATURE", "<address>Apache</address>\n", false),
            ("SERVER_SIGNATURE", "a\0b", true),
        ]
        for (name, value, isFound) in cases {
            let variables = CGIVariables([("REQUEST_METHOD", "GET"), (name, value)])
            #expect((variables.nameWithControlCharacter == name) == isFound, "\(name) \(value.debugDescription)")
        }
    }

    @Test func `a header field is found by its name`() {
        let variables = CGIVariables([
            ("HTTP_IF_RANGES", "1"), ("HTTP_IFXRANGE", "2"), ("HTTP_if_range", "3"), ("IF_RANGE", "4"),
            ("HTTP_IF_RANGE", "5"),
            ("HTTP_X_CSRF_TOKEN", "6"),
        ])
        #expect(variables[.ifRange] == "5")
        #expect(variables[.csrfToken] == "6")
        #expect(variables[.range] == nil)
    }
}
