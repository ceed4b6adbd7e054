/// `HOST:PORT`, the address at which other instances reach the web server of an instance.
///
/// It becomes part of an internal URI of nginx, so it must not mean anything else there. It consists of letters,
/// digits, `-` and `.`, or an IPv6 address in brackets (RFC 3986, section 3.2.2), and a port.
package struct InstanceAddress: Sendable, Equatable, CustomStringConvertible {
    private let text: String

    /// The text, in lower case.
    package var description: String { text }

    /// Parses an address; nil for anything else, such as a scheme, a path or a user name.
    package init?(_ text: String) {
        guard text.utf8.count <= 260, let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let host = text.utf8[..<colon]
        let port = text.utf8[text.utf8.index(after: colon)...]
        guard (1...5).contains(port.count), port.allSatisfy(\.isDigit), port.first != UInt8(ascii: "0"),
            let number = Int(Substring(port)), number <= 65535, Self.isHost(host)
        else { return nil }
        self.text = text.lowercased()
    }

    private static func isHost(_ host: Substring.UTF8View) -> Bool {
        guard let first = host.first, let last = host.last else { return false }
        if first == UInt8(ascii: "[") {
            let inner = host.dropFirst().dropLast()
            return last == UInt8(ascii: "]") && inner.contains(UInt8(ascii: ":"))
                && inner.allSatisfy { isHexadecimal($0) || ":.".utf8.contains($0) }
        }
        return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.first != UInt8(ascii: "-")
                && label.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
