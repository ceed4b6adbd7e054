import Crypto
import Foundation

/// The number and the SHA-256 of rows, in their order.
///
/// Each value is hashed as its length in bytes, `:`, its text and `,`, and a missing one as `-,`. So both kinds of stores
/// have the same digest for the same rows, and different rows have different texts.
struct RowDigest: Equatable {
    private(set) var count: Int64 = 0
    private var hash = SHA256()
    private var buffer: [UInt8] = []

    mutating func add(_ row: [StoreValue]) {
        count += 1
        buffer.removeAll(keepingCapacity: true)
        for value in row {
            guard let text = value.text else {
                buffer += Array("-,".utf8)
                continue
            }
            buffer += Array("\(text.utf8.count):".utf8)
            buffer += text.utf8
            buffer.append(UInt8(ascii: ","))
        }
        buffer.append(UInt8(ascii: "\n"))
        hash.update(data: buffer)
    }

    /// The digest in hexadecimal.
    var text: String { hash.finalize().hexadecimal }

    static func == (one: RowDigest, other: RowDigest) -> Bool {
        one.count == other.count && one.text == other.text
    }
}
