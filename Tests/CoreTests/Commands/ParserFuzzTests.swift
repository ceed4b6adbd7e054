import TestSupport
import Testing

@testable import Core

/// Random bytes are parsed or rejected. They never crash a parser.
struct ParserFuzzTests {
    @Test func `splitting and quoting a line preserves its words`() throws {
        try Corpus("argument-line").feed { bytes in
            let line = String(decoding: bytes, as: UTF8.self)
            guard let words = try? ShellWords.split(line) else { return }
            #expect(!words.contains { $0.utf8.contains(0) })
            let again = try ShellWords.split(words.map(ShellWords.quote).joined(separator: " "))
            #expect(again.map { Array($0.utf8) } == words.map { Array($0.utf8) }, "\(line.debugDescription)")
        }
    }

    @Test func `commands and options of a console have names`() throws {
        var parsed = 0
        try Corpus("console-listing").feed { bytes in
            guard let commands = try? ConsoleListing.read(String(decoding: bytes, as: UTF8.self)) else { return }
            parsed += 1
            #expect(commands.allSatisfy { !$0.name.isEmpty && $0.options.allSatisfy { !$0.name.isEmpty } })
        }
        #expect(parsed > 1)
    }

    @Test func `choices are short, printable and different`() throws {
        try Corpus("choices").feed { bytes in
            let listing = try ChoiceListing(String(decoding: bytes, as: UTF8.self))
            let values = listing.choices.map { Array($0.value.utf8) }
            #expect(Set(values).count == values.count)
            #expect(values.allSatisfy { !$0.isEmpty && $0.count <= ChoiceListing.maxLineLength })
            #expect(values.allSatisfy { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
        }
    }
}
