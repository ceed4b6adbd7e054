/// The address of a Redis or memcached server, with credentials.
package struct CacheServer: Sendable, Equatable {
    /// Where a server listens.
    package enum Place: Sendable, Equatable {
        /// A name or an address, and a port.
        case host(String, port: UInt16)
        /// The path of a Unix socket.
        case unix(String)
    }

    /// Where it listens.
    package var place: Place
    /// The user to log in as; nil if the server asks only for a password, or for nothing.
    package var user: String?
    /// The password.
    package var password: Password?
    /// A file whose first line is the password. It is read for every connection, so that the password can be changed.
    package var passwordFile: String?
    /// Number of the database.
    package var database: Int

    package init(
        _ place: Place, user: String? = nil, password: Password? = nil, passwordFile: String? = nil, database: Int = 0
    ) {
        self.place = place
        self.user = user
        self.password = password
        self.passwordFile = passwordFile
        self.database = database
    }
}

/// Parts of an address of the form SCHEME://AUTHORITY/PATH (RFC 3986). User, password and path may be percent-encoded.
extension CacheServer {
    /// Splits an address; nil if it is not of this form.
    package static func split(_ text: String) -> (scheme: String, authority: Substring, path: Substring)? {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let slash = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        return (String(parts[0]), parts[1][..<slash], parts[1][slash...])
    }

    /// Reads HOST[:PORT] at the end of an authority.
    package static func host(
        in authority: Substring, defaultPort: UInt16, usage: String
    ) throws(AddressError) -> Place {
        let address = authority[(authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex)...]
        let isIPv6 = address.hasPrefix("[")
        let end = isIPv6 ? address.firstIndex(of: "]").map(address.index(after:)) : address.firstIndex(of: ":")
        let host = address[..<(end ?? address.endIndex)]
        let rest = address[(end ?? address.endIndex)...]
        guard !host.isEmpty, !isIPv6 || host.hasSuffix("]"), rest.isEmpty || rest.hasPrefix(":") else {
            throw AddressError("names no host. Expected \(usage).")
        }
        guard let port = rest.isEmpty ? defaultPort : UInt16(rest.dropFirst()), port > 0 else {
            throw AddressError("expected a port from 1 to 65535 after the host.")
        }
        return .host(String(isIPv6 ? host.dropFirst().dropLast() : host), port: port)
    }

    /// Reads the path of a Unix socket.
    package static func socket(_ path: Substring) throws(AddressError) -> Place {
        // unix(7): sun_path has 108 bytes, and the last one is 0.
        guard let path = PercentEncoding.decode(path.utf8), path.hasPrefix("/"), (2...107).contains(path.utf8.count)
        else { throw AddressError("expected the absolute path of a Unix socket, of at most 107 bytes.") }
        return .unix(path)
    }

    /// Reads [USER]:PASSWORD@ at the start of an authority.
    package mutating func readCredentials(in authority: Substring) throws(AddressError) {
        guard let at = authority.lastIndex(of: "@") else { return }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let user = PercentEncoding.decode(parts[0].utf8),
            let password = PercentEncoding.decode(parts[1].utf8)
        else { throw AddressError("expected USER:PASSWORD@ or :PASSWORD@ before the host.") }
        self.user = user.isEmpty ? nil : user
        self.password = password.isEmpty ? nil : Password(password)
    }
}
