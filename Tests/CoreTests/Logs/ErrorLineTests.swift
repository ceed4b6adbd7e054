import Foundation
import TestSupport
import Testing

@testable import Core

struct ErrorLineTests {
    private static func lines(of log: [UInt8], from: Int64 = 0) throws -> [Int64] {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try Data(log).write(to: URL(fileURLWithPath: files.log))
        defer { withExtendedLifetime(temporary) {} }
        var found: [Int64] = []
        var next: Int64? = from
        while let position = next {
            let result = try LogSearch(files, encoding: .utf8)
                .step(LogSearch.Query(.errorLines, from: position), duration: .seconds(60))
            if let line = result.line { found.append(line) }
            let end = result.match.flatMap { match in log[Int(match)...].firstIndex(of: 0x0A).map { Int64($0 + 1) } }
            next = end ?? result.next
        }
        return found
    }

    @Test(arguments: [
        "an error", "Errors: 3", "FATAL", "a RuntimeException in x", "3 failed", "failures=2", "panic: x", "Traceback:",
        "critical", "Fehler", "no error, but a failure", "error_log error", "\u{1B}[31mred", "\u{1B}[0;1;91mred",
        "\u{1B}[41mred", "\u{1B}[38;5;196mred", "\u{1B}[48:5:9mred", "e\u{1B}[1mrro\u{1B}[mr",
    ])
    func `a line with an error word or a red text is found`(_ line: String) throws {
        #expect(try Self.lines(of: Array("first\n\(line)\nlast\n".utf8)) == [6])
    }

    @Test(arguments: [
        "terror", "0 errors", "no failures", "Errors: 0", "failed=0", "without errors", "keine Fehler", "error_log",
        "fail", "\u{1B}[32mgreen", "\u{1B}[38;5;2mgreen", "\u{1B}[38;2;31;41;9mrgb", "\u{1B}[31m\u{1B}[0mempty",
    ])
    func `other lines are none`(_ line: String) throws {
        #expect(try Self.lines(of: Array("first\n\(line)\nlast\n".utf8)) == [])
    }

    @Test func `successive lines with an error are one match`() throws {
        let log = Array("ok\nerror 1\nerror 2\nok\n\u{1B}[31mred\nerror 3\nok\n".utf8)
        #expect(try Self.lines(of: log) == [3, 22])
        // The search begins at the second line of the first match.
        #expect(try Self.lines(of: log, from: 11) == [22])
    }

    @Test(arguments: [(5, []), (7, []), (1, [0])] as [(Int64, [Int64])])
    func `a search that begins within a line knows what precedes`(_ from: Int64, _ expected: [Int64]) throws {
        let log = Array((from == 1 ? "ok, an error\n" : "error in this line, error\n").utf8)
        #expect(try Self.lines(of: log, from: from) == expected)
    }

    @Test(arguments: [true, false])
    func `errors at the edges of windows are found once`(_ areSuccessive: Bool) throws {
        let line = Array((String(repeating: "-", count: 93) + " error\n").utf8)
        let other = areSuccessive ? [] : Array((String(repeating: "-", count: 99) + "\n").utf8)
        var log: [UInt8] = []
        while log.count < 2_500_000 { log += line + other }
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try Data(log).write(to: URL(fileURLWithPath: files.log))
        let result = try LogSearch(files, encoding: .utf8)
            .step(LogSearch.Query(.errorLines, from: 0, countsAll: true), duration: .seconds(60))
        #expect(result.count == (areSuccessive ? 1 : log.count / 200))
        #expect(result.line == 0)
        withExtendedLifetime(temporary) {}
    }
}
