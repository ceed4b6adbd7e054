extension KillListAddress {
    /// What is wrong with an address; never with a piece of it, because a password may be anywhere.
    struct Mistake: Error {
        let message: String
    }

    private static let expected = """
        expected database, redis://[USER:PASSWORD@]HOST[:PORT][/NUMBER], redis+unix://[USER:PASSWORD@]/PATH[?db=NUMBER], \
        memcached://HOST[:PORT] or memcached+unix:///PATH
        """

    /// Reads `database` or an address (RFC 3986); user, password and path may be percent-encoded.
    init(parsing text: String) throws(Mistake) {
        guard text != "database" else {
            self = .database
            return
        }
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw Mistake(message: Self.expected + ".") }
        let (authority, path) = Self.split(parts[1], atFirst: "/")
        switch parts[0] {
        case "redis":
            var server = CacheServer(try Self.host(in: authority, defaultPort: 6379))
            try server.readCredentials(in: authority)
            server.database = try Self.number(path.dropFirst())
            self = .redis(server)
        case "redis+unix":
            let (path, query) = Self.split(path, atFirst: "?")
            guard authority.isEmpty || authority.hasSuffix("@"), query.isEmpty || query.hasPrefix("?db=") else {
                throw Mistake(message: "expected redis+unix://[USER:PASSWORD@]/PATH[?db=NUMBER].")
            }
            var server = CacheServer(.unix(try Self.socket(path)))
            try server.readCredentials(in: authority)
            server.database = try Self.number(query.dropFirst(4))
            self = .redis(server)
        case "memcached":
            guard path.drop(while: { $0 == "/" }).isEmpty, !authority.contains("@") else {
                throw Mistake(message: "expected memcached://HOST[:PORT]: memcached has neither users nor databases.")
            }
            self = .memcached(CacheServer(try Self.host(in: authority, defaultPort: 11211)))
        case "memcached+unix":
            guard authority.isEmpty else { throw Mistake(message: "expected memcached+unix:///PATH.") }
            self = .memcached(CacheServer(.unix(try Self.socket(path))))
        case "rediss":
            throw Mistake(
                message: """
                    rediss:// needs TLS, which the hiredis of this system (0.14) does not have: use a Unix socket, or a \
                    tunnel such as stunnel and redis:// to its end on this machine.
                    """)
        default: throw Mistake(message: Self.expected + ".")
        }
    }

    private static func host(in authority: Substring, defaultPort: UInt16) throws(Mistake) -> CacheServer.Place {
        let address = authority[(authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex)...]
        let isNumbered6 = address.hasPrefix("[")
        let end = isNumbered6 ? address.firstIndex(of: "]").map(address.index(after:)) : address.firstIndex(of: ":")
        let host = address[..<(end ?? address.endIndex)]
        let rest = address[(end ?? address.endIndex)...]
        guard !host.isEmpty, !isNumbered6 || host.hasSuffix("]"), rest.isEmpty || rest.hasPrefix(":") else {
            throw Mistake(message: "names no host; " + expected + ".")
        }
        guard let port = rest.isEmpty ? defaultPort : UInt16(rest.dropFirst()), port > 0 else {
            throw Mistake(message: "expected a port from 1 to 65535 behind the host.")
        }
        return .host(String(isNumbered6 ? host.dropFirst().dropLast() : host), port: port)
    }

    private static func socket(_ path: Substring) throws(Mistake) -> String {
        // unix(7): sun_path has 108 bytes, the last one 0.
        guard let path = path.percentDecoded, path.hasPrefix("/"), (2...107).contains(path.utf8.count) else {
            throw Mistake(message: "expected the absolute path of a Unix socket, of 107 bytes at the most.")
        }
        return path
    }

    private static func number(_ text: Substring) throws(Mistake) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), (0...1_000_000).contains(number) else {
            throw Mistake(message: "expected the number of a database.")
        }
        return number
    }

    private static func split(_ text: Substring, atFirst mark: Character) -> (Substring, Substring) {
        let index = text.firstIndex(of: mark) ?? text.endIndex
        return (text[..<index], text[index...])
    }
}

extension CacheServer {
    /// Reads what stands before the @.
    fileprivate mutating func readCredentials(in authority: Substring) throws(KillListAddress.Mistake) {
        guard let at = authority.lastIndex(of: "@") else { return }
        let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let user = parts[0].percentDecoded,
            let password = parts[1].percentDecoded
        else { throw KillListAddress.Mistake(message: "expected USER:PASSWORD@ or :PASSWORD@ before the host.") }
        self.user = user.isEmpty ? nil : user
        self.password = password.isEmpty ? nil : Password(password)
    }
}
