import Foundation
import TestSupport
import Testing

@testable import Core

/// Compares the supervisor's masking, compiled as a separate program, with an oracle that tries every pattern at every
/// position.
struct MaskTests {
    private struct Case {
        let patterns: [[UInt8]]
        let text: [UInt8]
        /// Positions at which the text is split into chunks.
        let cuts: [Int]

        var chunks: [[UInt8]] {
            zip([0] + cuts, cuts + [text.count]).map { Array(text[$0..<$1]) }
        }

        var bytes: [UInt8] {
            let records = patterns.flatMap { [UInt8(ascii: "m")] + Self.number($0.count) + $0 }
            return Self.number(records.count) + records + Self.number(chunks.count)
                + chunks.flatMap { Self.number($0.count) + $0 }
        }

        private static func number(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value)) { Array($0) } }
    }

    /// The expected output.
    private struct Oracle {
        let patterns: [[UInt8]]

        /// Length of the longest end of a text that is the beginning of a pattern, but not all of it.
        func pending(_ text: ArraySlice<UInt8>) -> Int {
            patterns.flatMap { pattern in
                (0..<pattern.count).filter { text.suffix($0).elementsEqual(pattern.prefix($0)) }
            }
            .max() ?? 0
        }

        /// The output for a complete text.
        func masked(_ text: [UInt8]) -> [UInt8] {
            let end = pending(text[...])
            return output(text, count: text.count, hidingFrom: end >= 4 ? text.count - end : text.count)
        }

        /// The output for a text that may continue.
        func decided(_ text: [UInt8]) -> [UInt8] {
            output(text, count: text.count - pending(text[...]), hidingFrom: text.count)
        }

        private func output(_ text: [UInt8], count: Int, hidingFrom end: Int) -> [UInt8] {
            var covered = text.indices.map { $0 >= end }
            for pattern in patterns {
                for start in text.indices where text[start...].starts(with: pattern) {
                    for index in start..<(start + pattern.count) { covered[index] = true }
                }
            }
            return (0..<count).flatMap { index -> [UInt8] in
                guard covered[index] else { return [text[index]] }
                return index == 0 || !covered[index - 1] ? Array("***".utf8) : []
            }
        }
    }

    private static func run(_ cases: [Case]) throws -> [(puts: [Int], output: [UInt8])] {
        let directory = try TemporaryDirectory()
        let driver = directory.path + "/driver"
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../.."
        let compiler = TestProcess()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "cc", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fsanitize=address", "-I\(root)/Sources/remotisan-job",
            "-o",
            driver, "\(root)/Tests/Fixtures/programs/mask-driver.c", "\(root)/Sources/remotisan-job/mask.c",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0, "mask.c compiles")

        let input = directory.path + "/input"
        try Data(cases.flatMap(\.bytes)).write(to: URL(fileURLWithPath: input))
        let program = TestProcess()
        program.executableURL = URL(fileURLWithPath: driver)
        program.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        let pipe = Pipe()
        program.standardOutput = pipe
        try program.run()
        var rest = Array(try #require(try pipe.fileHandleForReading.readToEnd()))[...]
        program.waitUntilExit()
        #expect(program.terminationStatus == 0)
        func number() -> Int {
            defer { rest = rest.dropFirst(4) }
            return rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        return cases.map { testCase in
            let puts = testCase.chunks.map { _ in number() }
            let length = number()
            defer { rest = rest.dropFirst(length) }
            return (puts, Array(rest.prefix(length)))
        }
    }

    @Test func `text in random chunks is masked as by the oracle, without needless delay`() throws {
        var random = SeededGenerator(seed: 20_261_124)
        func word(_ letters: Int, _ lengths: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: lengths, using: &random)).map { _ in
                UInt8(ascii: "a") + UInt8(Int.random(in: 0..<letters, using: &random))
            }
        }
        // Few letters, so that patterns overlap, repeat within themselves, and contain each other.
        let cases = (0..<3000).map { index -> Case in
            let letters = index % 3 + 1
            let patterns = (0..<Int.random(in: 1...4, using: &random)).map { _ in word(letters, 1...9) }
            let text = word(letters + (index % 2), 0...60)
            let cuts = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                Int.random(in: 0...text.count, using: &random)
            }
            return Case(patterns: patterns, text: text, cuts: cuts.sorted())
        }
        for (testCase, result) in zip(cases, try Self.run(cases)) {
            let oracle = Oracle(patterns: testCase.patterns)
            #expect(result.output == oracle.masked(testCase.text), "\(testCase)")
            var length = 0
            var put = 0
            for (chunk, count) in zip(testCase.chunks, result.puts) {
                length += chunk.count
                put += count
                #expect(put == oracle.decided(Array(testCase.text[..<length])).count, "\(testCase) after \(length)")
            }
        }
    }

    @Test func `a multiline secret is masked in a mebibyte of text`() throws {
        let secret = (0..<40).map { _ in Self.line() }.joined(separator: "\n")
        let patterns = SecretPatterns([Password(secret)]).all
        let filler = Array(String(repeating: "Nothing to hide here, line after line.\n", count: 13_000).utf8)
        let text = filler + Array(secret.utf8) + filler
        let cuts = Array(stride(from: 4096, to: text.count, by: 4096))
        let output = try #require(try Self.run([Case(patterns: patterns, text: text, cuts: cuts)]).first).output
        #expect(output == filler + Array("***".utf8) + filler)
    }

    private static func line() -> String {
        Data((0..<48).map { _ in UInt8.random(in: 0 ... .max) }).base64EncodedString()
    }
}
