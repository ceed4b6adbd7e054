import TestSupport
import Testing

@testable import Core

struct IdentityTextTests {
    @Test(arguments: ["ann", "ann@lab", "josé", "jose\u{301}", "Ωλγα", "名前", "a b", "a,b|c", "\u{1F600}", ""])
    func `printable UTF-8 can identify someone`(_ name: String) throws {
        #expect(IdentityText.problem(name) == nil)
        #expect(try IdentityText.decode(Array(name.utf8)).isExactly(name))
    }

    @Test(arguments: ["\0", "a\n", "\r", "\t", "\u{1B}[2J", "\u{7F}", "\u{9B}", "\u{2028}", "\u{2029}", "jos\u{FFFD}"])
    func `control characters and replaced bytes cannot`(_ name: String) {
        #expect(IdentityText.problem(name) != nil)
        #expect(throws: IdentityTextError.self) { try IdentityText.decode(Array(name.utf8)) }
    }

    @Test(arguments: [
        ("Ann", "ann"), ("ANN@LAB", "ann@lab"), ("ÉLAN", "élan"), ("Ωλγα", "ωλγα"), ("Шура", "шура"), ("ann", "ann"),
        // Letters that are no pair stay: Kelvin sign, dotted I, sharp s, final sigma, long s.
        ("\u{212A}", "\u{212A}"), ("\u{130}", "\u{130}"), ("\u{1E9E}", "\u{1E9E}"), ("ς", "ς"), ("ſ", "ſ"), ("ß", "ß"),
        // Composed and decomposed letters stay two names.
        ("E\u{301}", "e\u{301}"),
    ])
    func `only letters with one counterpart lose their case`(_ name: String, _ folded: String) {
        #expect(IdentityText.withoutCase(name).isExactly(folded))
        #expect(IdentityText.withoutCase(folded).isExactly(folded))
    }
}
