/// `public_url`: the address of the page, as browsers see it.
package struct PublicURL: Sendable, Equatable {
    /// Scheme, host and port, as browsers write them in `Origin` (RFC 6454, section 6.2): in small letters, without the
    /// scheme's own port.
    package let origin: String
    /// The path, percent-encoded and without a slash at its end; nil if the address has none. Then the request's own
    /// path is used.
    package let path: String?

    /// Parses an address; nil unless it consists of `http` or `https`, a host, and perhaps a port and a path.
    package init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let defaultPort = ["http": ":80", "https": ":443"][parts[0].lowercased()] else {
            return nil
        }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
                && !"?#@\\".unicodeScalars
                    .contains(scalar)
        }
        var authority = parts[1].prefix { $0 != "/" }.lowercased()
        let path = String(parts[1].dropFirst(parts[1].prefix { $0 != "/" }.count)).trimmingSlashes
        guard isPlain, !authority.isEmpty, !authority.hasPrefix(":"), Self.hasValidPort(authority) else { return nil }
        if authority.hasSuffix(defaultPort) { authority.removeLast(defaultPort.count) }
        origin = "\(parts[0].lowercased())://\(authority)"
        self.path = path.isEmpty ? nil : "/" + path
    }

    /// Whether the text after the host, if there is any, is a port. An IPv6 address stands in brackets (RFC 3986, section
    /// 3.2.2).
    private static func hasValidPort(_ authority: String) -> Bool {
        let end = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        guard let colon = authority[end...].firstIndex(of: ":") else {
            return end == authority.startIndex || end == authority.endIndex
        }
        let port = authority[authority.index(after: colon)...]
        return port.allSatisfy(\.isASCIIDigit) && (1...65535).contains(Int(port) ?? 0)
    }
}
