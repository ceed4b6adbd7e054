import Foundation
import TestSupport
import Testing

@testable import Core

struct LogExpressionTests {
    private static func search(
        _ pattern: String, in log: [UInt8], ignoresCase: Bool = true, from: Int64 = 0, backward: Bool = false,
        encoding: LogEncoding = .utf8, duration: Duration = .seconds(60)
    ) throws -> LogSearch.Result {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try Data(log).write(to: URL(fileURLWithPath: files.log))
        defer { withExtendedLifetime(temporary) {} }
        let expression = try #require(LogExpression(pattern, ignoresCase: ignoresCase))
        return try LogSearch(files, encoding: encoding).step(
            LogSearch.Query(.expression(expression), from: from, goesBackward: backward, countsAll: true),
            duration: duration)
    }

    @Test(arguments: [
        (#"\d{3}"#, 2, 6), ("^two", 1, 10), ("three$", 1, 24), (#"\d+$"#, 2, 6), (#"id \d+"#, 2, 3), ("ID", 2, 3),
        ("(one|two)id", 2, 0), ("[^z]+", 3, 0), (#"ü\d"#, 1, 20), (#"456 .7"#, 1, 16),
    ])
    func `matches of an expression are counted and the first is located`(
        _ pattern: String, _ count: Int, _ match: Int64
    ) throws {
        let result = try Self.search(pattern, in: Array("oneid 123\ntwoid 456 ü7\nthree\n".utf8))
        #expect(result.count == count)
        #expect(result.match == match)
        #expect(result.next == nil)
    }

    @Test(arguments: ["x*", "a|b", #"\s+three"#, #"123\ntwo"#, #"one\S+ \d+\s"#])
    func `neither an empty match nor one across lines counts`(_ pattern: String) throws {
        let result = try Self.search(pattern, in: Array("oneid 123\ntwoid 456\nthree\n".utf8))
        #expect(result.count == 0)
        #expect(result.match == nil)
    }

    @Test func `the case counts if it is wanted`() throws {
        let log = Array("Error 1\nerror 2\n".utf8)
        #expect(try Self.search(#"error \d"#, in: log).count == 2)
        let exact = try Self.search(#"error \d"#, in: log, ignoresCase: false)
        #expect(exact.count == 1)
        #expect(exact.match == 8)
    }

    @Test func `a search backward finds the last match`() throws {
        let log = Array("id 1\nid 22\nid x\n".utf8)
        let result = try Self.search(#"id \d+"#, in: log, from: .max, backward: true)
        #expect(result.match == 5)
        #expect(result.line == 5)
        #expect(result.count == 2)
    }

    @Test(arguments: [#"n\d"#, "needle[0-9]", #"e\d"#])
    func `offsets are those of the log behind escape sequences and invalid bytes`(_ pattern: String) throws {
        let first: [UInt8] = Array("\u{1B}[32mgr".utf8) + [0xFC, 0xFF] + Array("n\u{1B}[m x\n".utf8)
        let log = first + Array("the \u{1B}[1mneedle7\n".utf8)
        let result = try Self.search(pattern, in: log)
        let expected = pattern == #"n\d"# ? nil : Int64(first.count)
        #expect(result.line == expected)
    }

    @Test func `an expression is matched in the encoding of the log`() throws {
        let log: [UInt8] = Array("x\ngr".utf8) + [0xFC] + Array("n 1\n".utf8)
        let result = try Self.search(#"grü. \d"#, in: log, encoding: .iso88591)
        #expect(result.match == 2)
    }

    @Test func `matches at the edges of windows are counted once`() throws {
        let line = Array("the quick brown fox 12345\n".utf8)
        var log: [UInt8] = []
        while log.count < 2_000_000 { log += line }
        #expect(try Self.search(#"\d{5}"#, in: log).count == log.count / line.count)
        #expect(try Self.search(#"fox \d{5}"#, in: log).count == log.count / line.count)
    }

    @Test func `an expression that would take forever is given up`() throws {
        let log = Array((String(repeating: "a", count: 400) + "!\n").utf8)
        let start = ContinuousClock.now
        let result = try Self.search("(a+)+b", in: log, duration: .zero)
        #expect(result.isTooSlow)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `an invalid expression is refused`() {
        #expect(LogExpression("(", ignoresCase: true) == nil)
    }

    @Test(arguments: [
        (#"id: \d+"#, "id: "), (#"\[error\] .*"#, "[error] "), ("a|b", nil), ("colou?r", "colo"), ("x{2}abc", "abc"),
        ("(optional)?fix", "fix"), ("[a-z]+ing", "ing"), ("[]a]bc", "bc"), (#"\d"#, nil), ("(?i)abc", nil),
        (#"ab\x{41}"#, "ab"), ("task", "task"), ("über", "ber"), ("", nil),
    ])
    func `the literal of a pattern is a part of every match`(_ pattern: String, _ literal: String?) {
        #expect(LogExpression.literal(of: pattern, ignoresCase: false) == literal)
    }

    @Test func `letters with other spellings end a literal if the case does not count`() {
        #expect(LogExpression.literal(of: "task", ignoresCase: true) == "ta")
        let log = Array("tas\u{212A}\n".utf8)
        #expect((try? Self.search("task", in: log))?.count == 1)
    }
}
