import Foundation
import TestSupport
import Testing

@testable import Core

struct LogSearchTests {
    private static func search(
        _ text: String, in log: [UInt8], ignoresCase: Bool = true, from: Int64 = 0, backward: Bool = false,
        countsAll: Bool = true, encoding: LogEncoding = .utf8
    ) throws -> LogSearch.Result {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try Data(log).write(to: URL(fileURLWithPath: files.log))
        defer { withExtendedLifetime(temporary) {} }
        return try LogSearch(files, encoding: encoding).step(
            LogSearch.Query(
                .text(text, ignoresCase: ignoresCase), from: from, goesBackward: backward, countsAll: countsAll),
            duration: .seconds(60))
    }

    @Test(arguments: [
        ("fox", true, 2, 4), ("FOX", true, 2, 4), ("FOX", false, 1, 20), ("über", true, 2, 8), ("Über", false, 1, 8),
        ("x", true, 2, 6), ("nothing", true, 0, -1), ("aa", true, 1, 25),
    ])
    func `matches are counted and the first is located`(
        _ text: String, _ ignoresCase: Bool, _ count: Int, _ offset: Int
    ) throws {
        let log = Array("the fox Über den FOX aaa über\n".utf8)
        let result = try Self.search(text, in: log, ignoresCase: ignoresCase)
        let expected =
            offset < 0
            ? nil : String(decoding: log, as: UTF8.self).range(of: text, options: ignoresCase ? .caseInsensitive : [])
        #expect(result.count == count)
        #expect((result.match == nil) == (expected == nil))
        #expect(result.next == nil)
        #expect(result.size == Int64(log.count))
    }

    @Test func `escape sequences in a word do not hide it, and offsets are those of the log`() throws {
        let log = Array(
            "first\n\u{1B}[32mhel\u{1B}[0;1mlo\u{1B}[m \u{1B}]8;;https://e.org\u{1B}\\link\u{1B}]8;;\u{07}\n".utf8)
        let hello = try Self.search("hello", in: log)
        #expect(hello.count == 1)
        #expect(hello.match == 11)
        #expect(hello.line == 6)
        #expect(try Self.search("o link", in: log).count == 1)
        #expect(try Self.search("e.org", in: log).count == 0)
    }

    @Test func `a search backward finds the last match before its start`() throws {
        let log = Array("one\ntwo one\nthree\none\n".utf8)
        let last = try Self.search("one", in: log, from: .max, backward: true, countsAll: false)
        #expect(last.match == 18)
        let earlier = try Self.search("one", in: log, from: 18, backward: true, countsAll: false)
        #expect(earlier.match == 8)
        #expect(earlier.line == 4)
    }

    @Test(arguments: [false, true], [40, 3_000_000])
    func `matches at the edges of windows are counted once`(_ backward: Bool, _ lineLength: Int) throws {
        let line = Array(String(repeating: "-", count: lineLength - 7).utf8) + Array("needle\n".utf8)
        var log: [UInt8] = []
        while log.count < 5_000_000 { log += line }
        let result = try Self.search("needle", in: log, from: backward ? .max : 0, backward: backward)
        #expect(result.count == log.count / lineLength)
    }

    @Test func `a step ends in time and the next one continues`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        let line = Array("the quick brown fox jumps\n".utf8)
        var log: [UInt8] = []
        while log.count < 4_000_000 { log += line }
        try Data(log).write(to: URL(fileURLWithPath: files.log))
        let search = LogSearch(files, encoding: .utf8)
        var count = 0
        var steps = 0
        var next: Int64? = 0
        while let from = next {
            let query = LogSearch.Query(.text("Fox", ignoresCase: true), from: from, countsAll: true)
            let result = try search.step(query, duration: .zero)
            count += result.count
            next = result.next
            steps += 1
        }
        #expect(count == log.count / line.count)
        #expect(steps >= 4)
        withExtendedLifetime(temporary) {}
    }

    @Test func `a text is found in the encoding of the log`() throws {
        let log: [UInt8] = Array("gr".utf8) + [0xFC] + Array("n\n".utf8)
        #expect(try Self.search("GRÜN", in: log, encoding: .iso88591).count == 1)
        #expect(try Self.search("grün", in: log, encoding: .utf8).count == 0)
    }

    @Test func `a missing log has no match`() throws {
        let temporary = try TemporaryStorage()
        let result = try LogSearch(temporary.files(JobUUID()), encoding: .utf8)
            .step(LogSearch.Query(.text("x", ignoresCase: true), from: 0))
        #expect(result == LogSearch.Result())
    }
}
