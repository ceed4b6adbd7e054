import Foundation

/// The name of one execution. Only this form ever becomes part of a path.
public struct JobUUID: Sendable, Hashable, CustomStringConvertible {
    private let text: String

    /// A new, random one (RFC 9562, version 4), in lower case.
    public init() {
        text = UUID().uuidString.lowercased()
    }

    /// One that somebody names; nil unless it is written as UUIDs are: 8-4-4-4-12 hexadecimal digits.
    public init?(_ text: some StringProtocol) {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12] else { return nil }
        let isHexadecimal = groups.joined().allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                true
            default: false
            }
        }
        guard isHexadecimal else { return nil }
        self.text = text.lowercased()
    }

    /// The text, in lower case.
    public var description: String { text }
}
