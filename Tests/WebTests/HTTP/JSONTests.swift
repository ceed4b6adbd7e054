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

    @Test func `a missing value is encoded as null`() throws {
        #expect(try JSON.response(["a": Nullable<Int>(nil)]).text == #"{"a":null}"#)
    }
}
