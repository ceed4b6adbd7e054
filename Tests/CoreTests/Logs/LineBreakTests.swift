import Foundation
import TestSupport
import Testing

@testable import Core

struct LineBreakTests {
    private let temporary: TemporaryStorage
    private let files: JobFiles

    init() throws {
        temporary = try TemporaryStorage()
        files = temporary.files(JobUUID())
    }

    private func write(_ log: String) throws {
        try Data(log.utf8).write(to: URL(fileURLWithPath: files.log))
    }

    @Test(arguments: [(1, 4), (2, 5), (3, 11)])
    func `the line behind a number of line breaks is found`(_ limit: Int, _ offset: Int64) throws {
        try write("one\n\nthree\nend")
        let result = try LineBreakSearch(files).step(in: 0..<Int64.max, limit: limit)
        #expect(result.match == offset)
        #expect(result.line == offset)
        #expect(result.count == limit)
    }

    @Test func `a log with fewer line breaks tells how many it has`() throws {
        try write("one\ntwo\nend")
        let result = try LineBreakSearch(files).step(in: 0..<Int64.max, limit: 3)
        #expect(result.match == nil)
        #expect(result.count == 2)
        #expect(result.next == nil)
        #expect(try LineBreakSearch(files).step(in: 4..<8).count == 1)
    }

    @Test func `the steps of a long log add up`() throws {
        let lines = 300_000
        try write(String(repeating: "123456789\n", count: lines))
        var count = 0
        var steps = 0
        var next: Int64? = 0
        while let from = next {
            let result = try LineBreakSearch(files).step(in: from..<Int64.max, duration: .zero)
            count += result.count
            next = result.next
            steps += 1
        }
        #expect(count == lines)
        #expect(steps == 3)
    }

    @Test func `a discarded part counts as two line breaks, as the page shows it`() throws {
        let size = 4 << 20
        try write("start\n" + String(repeating: "x\n", count: size / 2) + "end\n")
        let hole = Int64(1 << 20)..<Int64(3 << 20)
        let punch = try Process.run(
            URL(fileURLWithPath: "/usr/bin/fallocate"),
            arguments: ["-p", "-o", "\(hole.lowerBound)", "-l", "\(hole.count)", files.log])
        punch.waitUntilExit()
        try #require(punch.terminationStatus == 0)
        let before = try LineBreakSearch(files).step(in: 0..<hole.lowerBound, duration: .seconds(60))
        let all = try LineBreakSearch(files).step(in: 0..<hole.upperBound, duration: .seconds(60))
        #expect(before.count == 1 + (1 << 19) - 3)
        #expect(all.count == before.count + 2)
        let behind = try LineBreakSearch(files)
            .step(in: 0..<Int64.max, limit: before.count + 1, duration: .seconds(60))
        #expect(behind.match == hole.upperBound)
    }

    @Test func `a missing log has no lines`() throws {
        #expect(try LineBreakSearch(files).step(in: 0..<Int64.max) == LogSearch.Result())
    }
}
