import Web

/// The name-value pairs of a FastCGI request (FastCGI 1.0, section 3.4).
struct RequestParameters {
    private let bytes: [UInt8]
    private var pairs: [(name: Range<Int>, value: Range<Int>)] = []

    /// Finds the pairs. Nil if a length exceeds what was sent.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var position = 0
        // A request has about thirty.
        pairs.reserveCapacity(40)
        while position < bytes.count {
            guard let name = Self.length(in: bytes, at: &position), let value = Self.length(in: bytes, at: &position),
                name <= bytes.count - position, value <= bytes.count - position - name
            else { return nil }
            let end = position + name
            pairs.append((position..<end, end..<end + value))
            position = end + value
        }
    }

    /// The names, in the order in which they arrived.
    var names: [String] { pairs.map { String(decoding: bytes[$0.name], as: UTF8.self) } }

    /// The pairs as CGI variables.
    var variables: CGIVariables { CGIVariables(bytes, pairs: pairs) }

    /// A length has one byte, or four if the first bit is set.
    private static func length(in bytes: [UInt8], at position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        guard first & 0x80 != 0 else {
            position += 1
            return Int(first)
        }
        guard position + 4 <= bytes.count else { return nil }
        defer { position += 4 }
        return bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
    }
}
