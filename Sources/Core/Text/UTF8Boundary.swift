/// Where UTF-8 text can be cut without changing how it decodes (RFC 3629).
enum UTF8Boundary {
    /// Length of the prefix that is complete. An incomplete sequence at the end is left out.
    static func completePrefix(of bytes: some BidirectionalCollection<UInt8>) -> Int {
        var behind = 0
        for byte in bytes.reversed().prefix(4) {
            behind += 1
            if byte & 0xC0 == 0x80 { continue }
            return length(ofSequenceLedBy: byte) > behind ? bytes.count - behind : bytes.count
        }
        return bytes.count
    }

    /// Number of bytes at the start that belong to a sequence that began before them; at most 3.
    static func continuationPrefix(of bytes: some Collection<UInt8>) -> Int {
        bytes.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
    }

    private static func length(ofSequenceLedBy byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }
}
