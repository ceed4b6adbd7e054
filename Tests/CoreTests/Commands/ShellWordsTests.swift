import Foundation
import TestSupport
import Testing

@testable import Core

struct ShellWordsTests {
    /// Tests/Fixtures/shell-words.json, the cases that the page's JavaScript passes, too.
    private struct Table: Decodable {
        let split: [Split]
        let errors: [Invalid]
        let quote: [Quote]
        let roundTrip: [String]

        struct Split: Decodable {
            let line: String
            let words: [String]
        }

        struct Invalid: Decodable {
            let line: String
            let error: String
        }

        struct Quote: Decodable {
            let word: String
            let quoted: String
        }

        static func read() throws -> Table {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let file = URL(fileURLWithPath: Fixtures.path("shell-words.json"))
            return try decoder.decode(Table.self, from: Data(contentsOf: file))
        }
    }

    private static let errors: [String: ShellSyntaxError] = [
        "unclosed-single-quote": .unclosedQuote("'"), "unclosed-double-quote": .unclosedQuote("\""),
        "trailing-backslash": .trailingBackslash, "nul": .nul,
    ]

    private static func expect(_ words: [String], from line: String) throws {
        // Bytes are compared, because Swift regards different normalizations of a text as equal.
        let split = try ShellWords.split(line).map { Array($0.utf8) }
        #expect(split == words.map { Array($0.utf8) }, "\(line.debugDescription)")
    }

    @Test func `lines of the shared table are split into their words`() throws {
        let cases = try Table.read().split
        #expect(!cases.isEmpty)
        for entry in cases { try Self.expect(entry.words, from: entry.line) }
    }

    @Test func `invalid lines of the shared table are rejected`() throws {
        let cases = try Table.read().errors
        #expect(!cases.isEmpty)
        for entry in cases {
            let expected = try #require(Self.errors[entry.error])
            #expect(throws: expected, "\(entry.line.debugDescription)") { try ShellWords.split(entry.line) }
        }
    }

    @Test func `words of the shared table are quoted`() throws {
        let cases = try Table.read().quote
        #expect(!cases.isEmpty)
        for entry in cases { #expect(ShellWords.quote(entry.word) == entry.quoted) }
    }

    @Test func `splitting a quoted word returns the word`() throws {
        let table = try Table.read()
        #expect(!table.roundTrip.isEmpty)
        for word in table.roundTrip + table.quote.map(\.word) {
            try Self.expect([word], from: ShellWords.quote(word))
        }
    }

    @Test(
        arguments: [
            ("  a  b\tc\nd ", ["a", "b", "c", "d"]), ("a''b", ["ab"]), ("'it'\\''s'", ["it's"]), ("\\ ", [" "]),
            ("\\\n", []), ("'a\\\nb'", ["a\\\nb"]), ("'a\nb'", ["a\nb"]), ("\"'\"", ["'"]), ("'\"'", ["\""]),
            ("a\rb", ["a\rb"]), ("${A} !x -- -x", ["${A}", "!x", "--", "-x"]),
            // Swift joins these scalars with a neighbour into one character.
            ("\u{301}' '\u{301}", ["\u{301} \u{301}"]), ("'\u{301}'", ["\u{301}"]), ("\\\u{1F600}", ["\u{1F600}"]),
            ("a\r\nb", ["a\r", "b"]), ("\\\r\nb", ["\r", "b"]),
        ] as [(String, [String])])
    func `a line is split by quoting rules only`(_ line: String, _ words: [String]) throws {
        try Self.expect(words, from: line)
    }

    @Test(arguments: ["\0", "\"\0\"", "a\\\0", "\"\\\0\""])
    func `a NUL character is rejected in every style of quoting`(_ line: String) {
        #expect(throws: ShellSyntaxError.nul) { try ShellWords.split(line) }
    }

    @Test func `errors are sentences`() {
        for error in Self.errors.values { #expect(error.description.hasSuffix(".")) }
    }

    /// Compares with /bin/sh for random lines in every style of quoting, without expansions.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `the shell splits lines into the same words`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lines = (0..<400).map { _ in Self.line(&random) }
        let script = lines.map { "set -- \($0)\nprintf '%s\\0' \"$#\" \"$@\"\n" }.joined()
        var answer = try Self.shell(script)[...]
        for line in lines {
            let count = try #require(Int(String(decoding: answer.popFirst() ?? [], as: UTF8.self)))
            let words = Array(answer.prefix(count))
            answer = answer.dropFirst(count)
            #expect(
                try ShellWords.split(line).map { Array($0.utf8) } == words, "seed \(seed): \(line.debugDescription)")
        }
        #expect(answer == [[]])
    }

    private static func shell(_ script: String) throws -> [[UInt8]] {
        let directory = try TemporaryDirectory()
        let file = URL(fileURLWithPath: directory.path + "/script")
        try Data(script.utf8).write(to: file)
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func line(_ random: inout SeededGenerator) -> String {
        var line = ""
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            for _ in 0..<Int.random(in: 1...4, using: &random) { line += part(&random) }
            line += [" ", "\t", "  \t "].randomElement(using: &random) ?? " "
        }
        return line
    }

    private static let plain = [
        "a", "Z", "7", "-", "=", ".", "/", "é", "\u{1F600}", "\u{A0}", "\u{301}", "\r", "]", "}", "^", "%",
    ]
    private static let special = [
        " ", "\t", "\n", "*", "?", "[", ";", "|", "&", "<", ">", "(", ")", "#", "~", "{", "!",
    ]

    /// A part of a word in one style of quoting.
    private static func part(_ random: inout SeededGenerator) -> String {
        func text(_ from: [String]) -> String {
            (0..<Int.random(in: 0...4, using: &random)).map { _ in from.randomElement(using: &random) ?? "" }.joined()
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return text(plain)
        case 1: return "'" + text(plain + special + ["$", "`", "\\", "\""]) + "'"
        case 2: return "\"" + text(plain + special + ["'", "\\$", "\\`", "\\\"", "\\\\", "\\\n", "\\a", "\\'"]) + "\""
        default: return text((plain + special + ["$", "`", "\\", "\"", "'"]).map { "\\" + $0 })
        }
    }
}
