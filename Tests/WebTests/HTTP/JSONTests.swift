import Foundation
import TestSupport
import Testing

@testable import Web

struct JSONTests {
    @Test func `appended text is read back unchanged by a JSON parser`() throws {
        var random = SeededGenerator(seed: 11)
        for round in 0..<500 {
            let scalars = (0..<round % 40).compactMap { _ in
                let limit: UInt32 = Bool.random(using: &random) ? 0x80 : 0x10FFFF
                return Unicode.Scalar(UInt32.random(in: 0...limit, using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            var bytes: [UInt8] = []
            JSON.append(text, to: &bytes)
            let read = try JSONDecoder().decode(String.self, from: Data(bytes))
            #expect(Array(read.utf8) == Array(text.utf8))
            #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F })
        }
    }

    @Test func `a text becomes the same array of lines as if each line had been decoded by itself`() throws {
        var random = SeededGenerator(seed: 12)
        let samples: [UInt8] = [
            0x0A, 0x0A, 0x0D, 0x61, 0x22, 0x5C, 0x00, 0x1B, 0x7F, 0xC3, 0xA9, 0xE2, 0x82, 0xF0, 0xFF,
        ]
        for round in 0..<500 {
            let text = (0..<round % 40).map { _ in samples[Int.random(in: samples.indices, using: &random)] }
            var bytes: [UInt8] = []
            JSON.append(linesOf: String(decoding: text, as: UTF8.self), to: &bytes)
            let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
                .map { Array(String(decoding: $0, as: UTF8.self).utf8) }
            let read = try JSONDecoder().decode([String].self, from: Data(bytes))
            #expect(read.map { Array($0.utf8) } == lines, "\(text)")
        }
    }

    @Test func `a missing value is encoded as null`() throws {
        #expect(try JSON.response(["a": Nullable<Int>(nil)]).text == #"{"a":null}"#)
    }
}
