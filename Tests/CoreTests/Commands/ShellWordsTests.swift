import Foundation
import TestSupport
import Testing

@testable import Core

struct ShellWordsTests {
    @Test(
        arguments: [
            ("", []), (" \t\n ", []), ("a", ["a"]), ("  a  b\tc\nd ", ["a", "b", "c", "d"]), ("''", [""]),
            ("\"\"", [""]),
            ("'' ''", ["", ""]), ("a''b", ["ab"]), ("a\"b c\"'d e'f", ["ab cd ef"]), ("'it'\\''s'", ["it's"]),
            ("\\ ", [" "]), ("a\\ b", ["a b"]), ("\\\\", ["\\"]), ("\\'", ["'"]), ("'\\'", ["\\"]),
            ("\"\\a\"", ["\\a"]),
            ("\"\\\"\\$\\`\\\\\"", ["\"$`\\"]), ("a\\\nb", ["ab"]), ("\\\n", []), ("\"a\\\nb\"", ["ab"]),
            ("'a\\\nb'", ["a\\\nb"]),
            ("'a\nb'", ["a\nb"]), ("\"'\"", ["'"]), ("'\"'", ["\""]), ("a\rb", ["a\rb"]), ("a\u{A0}b", ["a\u{A0}b"]),
            ("$(x) `x` *; | > ~ # & ${A} !x", ["$(x)", "`x`", "*;", "|", ">", "~", "#", "&", "${A}", "!x"]),
            ("--flag=\"a b\" -- -x", ["--flag=a b", "--", "-x"]), ("\u{301}' '\u{301}", ["\u{301} \u{301}"]),
            ("'\u{301}'", ["\u{301}"]), ("\\\u{1F600}", ["\u{1F600}"]), ("a\r\nb", ["a\r", "b"]),
            ("\\\r\nb", ["\r", "b"]),
        ] as [(String, [String])])
    func `a line is split by quoting rules alone`(_ line: String, _ words: [String]) throws {
        let split = try ShellWords.split(line)
        #expect(split.map { Array($0.utf8) } == words.map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            ("'", .unclosedQuote("'")), ("\"", .unclosedQuote("\"")), ("a 'b", .unclosedQuote("'")),
            ("\"a\\\"", .unclosedQuote("\"")), ("\"a\\", .unclosedQuote("\"")), ("\\", .trailingBackslash),
            ("a b\\", .trailingBackslash), ("\0", .nul), ("'\0'", .nul), ("\"\0\"", .nul), ("a\\\0", .nul),
            ("\"\\\0\"", .nul),
        ] as [(String, ShellSyntaxError)])
    func `a line that has no words is an error that says why`(_ line: String, _ problem: ShellSyntaxError) {
        #expect(throws: problem) { try ShellWords.split(line) }
        #expect(problem.description.hasSuffix("."))
    }

    /// The shell is asked for the words of lines that quote in every way and expand nothing.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `the shell finds the same words`(_ seed: UInt64) throws {
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
        let process = Process()
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
            for _ in 0..<Int.random(in: 1...4, using: &random) { line += piece(&random) }
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

    /// A piece of a word in one style of quoting.
    private static func piece(_ random: inout SeededGenerator) -> String {
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
