import Foundation
import TestSupport
import Testing

@testable import Core

struct LogReaderTests {
    private static func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let pieces: [[UInt8]] = [
            Array("a".utf8), Array("é".utf8), Array("\u{20AC}".utf8), Array("\u{1F600}".utf8), [0xFF], [0xC3],
            [0xE2, 0x82],
            [0xF0, 0x9F, 0x98], [0x80], Array("\n".utf8), [0],
        ]
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += pieces[Int.random(in: 0..<pieces.count, using: &random)] }
        return Array(bytes.prefix(count))
    }

    private static func file(_ bytes: [UInt8]) throws -> (TemporaryStorage, JobFiles) {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try Data(bytes).write(to: URL(fileURLWithPath: files.log))
        return (temporary, files)
    }

    private static func follow(_ reader: LogReader, isEnded: Bool) throws -> (text: String, end: Int64) {
        var text = ""
        var offset: Int64 = 0
        while true {
            let slice = try reader.slice(at: offset, isEnded: isEnded)
            #expect(slice.offset == offset)
            text += slice.text
            if slice.nextOffset == offset { return (text, offset) }
            let isHole = slice.text.contains("bytes left out here")
            #expect(isHole || slice.nextOffset - slice.offset <= Int64(LogReader.sliceLimit))
            offset = slice.nextOffset
        }
    }

    @Test(arguments: [0, 1, 3, 1000, LogReader.sliceLimit, LogReader.sliceLimit + 1, 700_001], [1, 2] as [UInt64])
    func `following an ended log returns all of its text`(_ count: Int, _ seed: UInt64) throws {
        let bytes = Self.random(count, seed: seed)
        let (temporary, files) = try Self.file(bytes)
        let (text, end) = try Self.follow(LogReader(files), isEnded: true)
        #expect(end == Int64(count))
        #expect(Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8))
        withExtendedLifetime(temporary) {}
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `following a growing log returns all of its text`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Self.random(3000, seed: seed)
        let (temporary, files) = try Self.file([])
        let reader = LogReader(files)
        let log = try Descriptor(opening: files.log, O_WRONLY | O_APPEND)
        var text = ""
        var offset: Int64 = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...50, using: &random))
            try log.write(piece, to: files.log)
            rest = rest.dropFirst(piece.count)
            let slice = try reader.slice(at: offset, isEnded: false)
            #expect(slice.size - slice.nextOffset <= 3, "Only an incomplete character is held back.")
            text += slice.text
            offset = slice.nextOffset
        }
        text += try reader.slice(at: offset, isEnded: true).text
        #expect(Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8), "seed \(seed)")
        withExtendedLifetime(temporary) {}
    }

    @Test func `an incomplete character is held back until the job has ended`() throws {
        let (temporary, files) = try Self.file([0x61, 0xF0, 0x9F])
        let reader = LogReader(files)
        let running = try reader.slice(at: 0, isEnded: false)
        #expect(running.text == "a")
        #expect(running.nextOffset == 1)
        let again = try reader.slice(at: 1, isEnded: false)
        #expect(again.text == "" && again.nextOffset == 1 && again.size == 3)
        #expect(try reader.slice(at: 1, isEnded: true).text == "\u{FFFD}")
        #expect(try reader.slice(at: 1, isEnded: true).nextOffset == 3)
        withExtendedLifetime(temporary) {}
    }

    @Test(
        arguments: [
            (0, "aé\u{20AC}\u{1F600}z", 0), (-1, "z", 10), (-2, "z", 10), (-5, "\u{1F600}z", 6), (-6, "\u{1F600}z", 6),
            (-8, "\u{20AC}\u{1F600}z", 3), (-11, "aé\u{20AC}\u{1F600}z", 0), (-12, "aé\u{20AC}\u{1F600}z", 0),
            (.min, "aé\u{20AC}\u{1F600}z", 0), (11, "", 11), (12, "", 11), (.max, "", 11),
        ] as [(Int64, String, Int64)])
    func `a negative offset means the last bytes, from the next character on`(
        _ offset: Int64, _ text: String, _ from: Int64
    ) throws {
        let (temporary, files) = try Self.file(Array("aé\u{20AC}\u{1F600}z".utf8))
        for isEnded in [true, false] {
            let slice = try LogReader(files).slice(at: offset, isEnded: isEnded)
            #expect(slice.text == text)
            #expect(slice.offset == from)
            #expect(slice.nextOffset == 11)
            #expect(slice.size == 11)
        }
        withExtendedLifetime(temporary) {}
    }

    @Test func `a missing log is empty`() throws {
        let temporary = try TemporaryStorage()
        let reader = LogReader(temporary.files(JobUUID()))
        for offset: Int64 in [0, 5, -5] {
            let slice = try reader.slice(at: offset, isEnded: true)
            #expect(slice == LogSlice(text: "", offset: 0, nextOffset: 0, size: 0, modifiedMilliseconds: 0))
        }
        #expect(try reader.lastLines().isEmpty)
        #expect(reader.size == 0)
    }

    @Test func `the answer for the original contains the last MiB, from a whole line on`() throws {
        let line = String(repeating: "x", count: 99)
        let (temporary, files) = try Self.file(Array(String(repeating: line + "\n", count: 20_000).utf8))
        let lines = try LogReader(files).lastLines().split(separator: "\n")
        #expect(lines.count == LogReader.contentLimit / 100)
        #expect(lines.allSatisfy { $0 == line })
        withExtendedLifetime(temporary) {}
    }

    /// Releases the blocks of a part, as the collector does when a log outgrows its limit.
    private static func discard(_ hole: Range<Int64>, of files: JobFiles) throws {
        let punch = try Process.run(
            URL(fileURLWithPath: "/usr/bin/fallocate"),
            arguments: ["-p", "-o", "\(hole.lowerBound)", "-l", "\(hole.count)", files.log])
        punch.waitUntilExit()
        try #require(punch.terminationStatus == 0)
    }

    @Test func `a discarded part is marked and skipped, and the text around it is complete`() throws {
        let bytes = Self.random(3 << 20, seed: 9)
        let (temporary, files) = try Self.file(bytes)
        let hole: Range<Int64> = 256 << 10..<5 << 19
        try Self.discard(hole, of: files)
        let status = try #require(FileStatus(ofPath: files.log))
        try #require(status.allocated < status.size, "The file system of /tmp has no holes.")
        let reader = LogReader(files)
        let (text, end) = try Self.follow(reader, isEnded: true)
        #expect(end == Int64(bytes.count))
        let left = hole.upperBound - hole.lowerBound
        let expected =
            String(decoding: bytes[..<Int(hole.lowerBound)], as: UTF8.self)
            + "\n[\(left) bytes left out here: the log outgrew logger.max_bytes]\n"
            + String(decoding: bytes[Int(hole.upperBound)...], as: UTF8.self)
        #expect(Array(text.utf8) == Array(expected.utf8))
        for offset in [hole.lowerBound + 1, hole.upperBound - 1] {
            let slice = try reader.slice(at: offset, isEnded: false)
            #expect(slice.offset == hole.lowerBound)
            #expect(slice.nextOffset == hole.upperBound)
            #expect(slice.text.contains("bytes left out here"))
        }
        withExtendedLifetime(temporary) {}
    }

    @Test func `the answer for the original contains no discarded part`() throws {
        let line = String(repeating: "x", count: 99) + "\n"
        let (temporary, files) = try Self.file(Array(String(repeating: line, count: 12_000).utf8))
        try Self.discard(256 << 10..<512 << 10, of: files)
        let status = try #require(FileStatus(ofPath: files.log))
        try #require(status.allocated < status.size)
        let lines = try LogReader(files).lastLines().split(separator: "\n")
        #expect(!lines.contains { $0.contains("\0") })
        #expect(lines.last == line.dropLast())
        withExtendedLifetime(temporary) {}
    }
}
