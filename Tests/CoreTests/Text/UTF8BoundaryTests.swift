import TestSupport
import Testing

@testable import Core

struct UTF8BoundaryTests {
    @Test(
        arguments: [
            ([], 0), ([0x61], 1), ([0xC3], 0), ([0xC3, 0xA9], 2), ([0x61, 0xE2, 0x82], 1), ([0xE2, 0x82, 0xAC], 3),
            ([0xF0, 0x9F, 0x98], 0), ([0xF0, 0x9F, 0x98, 0x80], 4), ([0x80], 1), ([0x80, 0x80, 0x80, 0x80, 0x80], 5),
            ([0xFF], 1), ([0xC0], 1), ([0xF5, 0x80], 2), ([0xC3, 0xA9, 0xA9], 3), ([0xE2, 0xC3], 1),
        ] as [([UInt8], Int)])
    func `an incomplete character at the end is not part of the complete prefix`(_ bytes: [UInt8], _ complete: Int) {
        #expect(UTF8Boundary.completePrefix(of: bytes) == complete)
    }

    @Test(
        arguments: [
            ([], 0), ([0x61], 0), ([0x80, 0x61], 1), ([0x80, 0x80, 0x80, 0x80], 3), ([0xC3, 0xA9], 0),
        ] as [([UInt8], Int)])
    func `at most three bytes continue a character that began before`(_ bytes: [UInt8], _ count: Int) {
        #expect(UTF8Boundary.continuationPrefix(of: bytes) == count)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `text decoded in chunks is the same as text decoded as a whole`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let edges: [UInt8] = [
            0x00, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
            0xFF,
        ]
        let bytes = (0..<300).map { _ in edges[Int.random(in: 0..<edges.count, using: &random)] }
        let whole = String(decoding: bytes, as: UTF8.self)
        for _ in 0..<50 {
            var text = ""
            var rest = bytes[...]
            while !rest.isEmpty {
                let cut = rest.prefix(Int.random(in: 4...20, using: &random))
                let isLast = cut.count == rest.count
                let count = isLast ? cut.count : UTF8Boundary.completePrefix(of: cut)
                guard count > 0 else {
                    Issue.record("no progress, seed \(seed)")
                    return
                }
                text += String(decoding: cut.prefix(count), as: UTF8.self)
                rest = rest.dropFirst(count)
            }
            #expect(Array(text.utf8) == Array(whole.utf8), "seed \(seed)")
        }
    }
}
