import Testing

@testable import Core

struct ChoiceListingTests {
    @Test func `each line has a value and, after a tab, a label`() throws {
        let listing = try ChoiceListing("main\n\nfeature/é\tThe new one\r\n   \nmain\n-x\n a \n")
        #expect(
            listing.choices == [
                Choice("main"), Choice("feature/é", label: "The new one"), Choice("-x"), Choice(" a "),
            ])
        #expect(listing.ignoredLines == 0)
    }

    @Test(arguments: [
        "\u{1B}[31mred", "a\u{7}", "\tlabel alone", "a\0b", "a\tb\tc", "not \u{FFFD} text",
        String(repeating: "x", count: 1001),
    ])
    func `invalid lines are ignored and counted`(line: String) throws {
        let listing = try ChoiceListing("good\n\(line)\n")
        #expect(listing.choices == [Choice("good")])
        #expect(listing.ignoredLines == 1)
    }

    @Test func `values that differ only in Unicode normalization are different`() throws {
        let listing = try ChoiceListing("\u{E9}\ne\u{301}\n")
        #expect(listing.choices.map { Array($0.value.utf8) } == [[0xC3, 0xA9], [0x65, 0xCC, 0x81]])
    }

    @Test func `too many values are an error`() throws {
        let lines = (0..<ChoiceListing.maxChoices).map { "v\($0)\n" }.joined()
        #expect(try ChoiceListing(lines).choices.count == ChoiceListing.maxChoices)
        #expect(throws: TooManyChoicesError.self) { try ChoiceListing(lines + "one more\n") }
    }

    @Test func `a choice program needs to run again after its ttl, or if the clock was set back`() {
        let program = ChoiceProgram(run: ["x"], directory: "/", ttl: 60)
        #expect(program.needsRefresh(lastRun: nil, at: 1000))
        #expect(!program.needsRefresh(lastRun: 1000, at: 1059))
        #expect(program.needsRefresh(lastRun: 1000, at: 1060))
        #expect(program.needsRefresh(lastRun: 1000, at: 999))
        #expect(!program.needsRefresh(lastRun: 1000, hasFailed: true, at: 1059))
        let daily = ChoiceProgram(run: ["x"], directory: "/", ttl: 86_400)
        #expect(!daily.needsRefresh(lastRun: 1000, at: 1300))
        #expect(!daily.needsRefresh(lastRun: 1000, hasFailed: true, at: 1299))
        #expect(daily.needsRefresh(lastRun: 1000, hasFailed: true, at: 1300))
    }

    @Test func `a value that is not among the choices is rejected`() throws {
        let program = ChoiceProgram(run: ["x"], directory: "/")
        #expect(try ChoiceType(from: program, [Choice("a")]).validate("a") == "a")
        for (choices, words) in [
            (nil, "still being loaded"), ([], "has no choices"), ([Choice("a")], "must be one of a."),
        ] {
            let error = #expect(throws: InvalidValueError.self) {
                try ChoiceType(from: program, choices).validate("b")
            }
            #expect(error?.description.contains(words) == true)
        }
        let many = (0..<100).map { Choice("v\($0)") }
        let error = #expect(throws: InvalidValueError.self) { try ChoiceType(from: program, many).validate("b") }
        #expect(error?.description.hasSuffix("v19 or 80 others.") == true)
    }
}
