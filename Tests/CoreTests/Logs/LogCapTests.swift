import Foundation
import TestSupport
import Testing

@testable import Core

struct LogCapTests {
    private static let MiB: Int64 = 1 << 20

    @Test(
        arguments: [(MiB, nil), (3 * MiB, 256 * 1024..<2 * MiB + 512 * 1024), (MiB + 1, 256 * 1024..<512 * 1024)]
            as [(Int64, Range<Int64>?)])
    func `a quarter of the limit is kept at the start, and half at the end`(_ size: Int64, _ hole: Range<Int64>?) {
        #expect(LogCap(Self.MiB).hole(size: size) == (size == Self.MiB ? 256 * 1024..<512 * 1024 : hole))
        #expect(LogCap(Self.MiB).hole(size: 1000) == nil)
    }

    @Test func `a log over the limit keeps its size, start and end`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        let cap = LogCap(Self.MiB)
        try cap.apply(to: files)  // There is no log yet.
        let log = try Descriptor(opening: files.log, O_WRONLY | O_CREAT | O_APPEND)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 18)
        for count in 1...40 {
            try log.write(piece, to: files.log)
            try cap.apply(to: files)
            let status = try #require(FileStatus(ofPath: files.log))
            #expect(status.size == Int64(count) << 18)
            #expect(status.allocated <= Self.MiB + 8192)
            if count <= 4 { #expect(status.allocated >= status.size) }
        }
        let reader = LogReader(files)
        #expect(try reader.bytes(at: 0, count: 100) == Array(piece.prefix(100)))
        #expect(try reader.bytes(at: 10 << 20 - 100, count: 100).count == 100)
    }

    @Test func `the largest limit does not overflow`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try temporary.write("x", to: files.log)
        try LogCap(.max).apply(to: files)
        #expect(LogReader(files).size == 1)
    }
}
