import Testing

@testable import Core

struct SanitizedTextTests {
    @Test(arguments: [
        ("ann@lab", "ann@lab"), ("é \u{1F600}", "é \u{1F600}"), ("a\nb", "a\u{FFFD}b"), ("\u{1B}[31m", "\u{FFFD}[31m"),
        ("a\u{202E}b", "a\u{FFFD}b"), ("\r\n", "\u{FFFD}\u{FFFD}"),
        ("\u{2028}\u{2029}\u{85}\u{0}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("\u{200B}", "\u{FFFD}"), ("", ""),
    ])
    func `control and formatting characters are replaced`(_ text: String, _ sanitized: String) {
        #expect(Array(text.sanitized.unicodeScalars) == Array(sanitized.unicodeScalars))
    }
}
