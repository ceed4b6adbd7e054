import Testing

@testable import Core

struct RefusalTests {
    @Test func `texts are cut so that nobody fills the disk with them`() {
        // One character, as Swift counts, and 60,000 of Unicode's.
        for letters in [String(repeating: "x", count: 60_000), "x" + String(repeating: "\u{301}", count: 60_000)] {
            let refusal = Refusal(userIdentifier: "ann", command: letters, parameters: letters, reason: letters, at: 1)
            #expect(refusal.command.unicodeScalars.count == 255)
            #expect(refusal.parameters.unicodeScalars.count == 1000)
            #expect(refusal.reason.unicodeScalars.count <= 1000)
        }
    }
}
