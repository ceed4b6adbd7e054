import Testing

@testable import Core

struct ChoiceListingTests {
    @Test func `a line is a value, what stands behind a tab its label`() throws {
        let listing = try ChoiceListing("main\n\nfeature/é\tThe new one\r\n   \nmain\n-x\n a \n")
        #expect(
            listing.choices == [
                Choice("main"), Choice("feature/é", label: "The new one"), Choice("-x"), Choice(" a "),
            ])
        #expect(listing.leftOut == 0)
    }

    @Test(arguments: [
        "\u{1B}[31mred", "a\u{7}", "\tlabel alone", "a\0b", "a\tb\tc", "not \u{FFFD} text",
        String(repeating: "x", count: 1001),
    ])
    func `a line that no command or page should get is left out`(line: String) throws {
        let listing = try ChoiceListing("good\n\(line)\n")
        #expect(listing.choices == [Choice("good")])
        #expect(listing.leftOut == 1)
    }

    @Test func `names that only look the same are two`() throws {
        let listing = try ChoiceListing("\u{E9}\ne\u{301}\n")
        #expect(listing.choices.map { Array($0.value.utf8) } == [[0xC3, 0xA9], [0x65, 0xCC, 0x81]])
    }

    @Test func `there may be very many, but not more`() throws {
        let lines = (0..<ChoiceListing.most).map { "v\($0)\n" }.joined()
        #expect(try ChoiceListing(lines).choices.count == ChoiceListing.most)
        #expect(throws: TooManyChoicesError.self) { try ChoiceListing(lines + "one more\n") }
    }

    @Test func `an answer is good for its time, and a clock that was set back makes it old`() {
        let program = ChoiceProgram(run: ["x"], directory: "/", ttl: 60)
        #expect(program.isDue(askedAt: nil, at: 1000))
        #expect(!program.isDue(askedAt: 1000, at: 1059))
        #expect(program.isDue(askedAt: 1000, at: 1060))
        #expect(program.isDue(askedAt: 1000, at: 999))
    }

    @Test func `a value is taken only from the list, and from none while there is none`() throws {
        let program = ChoiceProgram(run: ["x"], directory: "/")
        #expect(try ChoiceType(from: program, [Choice("a")]).validate("a") == "a")
        for (choices, words) in [
            (nil, "not known yet"), ([], "nothing to choose"), ([Choice("a")], "must be one of a."),
        ] {
            let misfit = #expect(throws: InvalidValueError.self) {
                try ChoiceType(from: program, choices).validate("b")
            }
            #expect(misfit?.description.contains(words) == true)
        }
        let many = (0..<100).map { Choice("v\($0)") }
        let misfit = #expect(throws: InvalidValueError.self) { try ChoiceType(from: program, many).validate("b") }
        #expect(misfit?.description.hasSuffix("v19 or 80 others.") == true)
    }
}
