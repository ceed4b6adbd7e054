import Testing

@testable import Core

struct RefusalTests {
    @Test func `long texts of a refused attempt are cut`() {
        // Swift counts a letter with 60,000 combining marks as one character.
        for letters in [String(repeating: "x", count: 60_000), "x" + String(repeating: "\u{301}", count: 60_000)] {
            let refusal = Refusal(userIdentifier: "ann", command: letters, parameters: letters, reason: letters, at: 1)
            #expect(refusal.command.unicodeScalars.count == 255)
            #expect(refusal.parameters.unicodeScalars.count == 1000)
            #expect(refusal.reason.unicodeScalars.count <= 1000)
        }
    }
}
