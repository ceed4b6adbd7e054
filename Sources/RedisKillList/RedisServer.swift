import Core

/// `kill_list: redis://…`: the address of a Redis server, 2.6 or later.
package struct RedisServer: KillListBackend, Equatable {
    package static let usage =
        "redis://[USER:PASSWORD@]HOST[:PORT][/NUMBER], redis+unix://[USER:PASSWORD@]/PATH[?db=NUMBER]"

    package private(set) var server: CacheServer

    package init(_ server: CacheServer) {
        self.server = server
    }

    package init?(parsing text: String) throws(AddressError) {
        guard let (scheme, authority, path) = CacheServer.split(text) else { return nil }
        switch scheme {
        case "redis":
            server = CacheServer(try CacheServer.host(in: authority, defaultPort: 6379, usage: Self.usage))
            server.database = try Self.number(path.dropFirst())
        case "redis+unix":
            let mark = path.firstIndex(of: "?") ?? path.endIndex
            let query = path[mark...]
            guard authority.isEmpty || authority.hasSuffix("@"), query.isEmpty || query.hasPrefix("?db=") else {
                throw AddressError("expected redis+unix://[USER:PASSWORD@]/PATH[?db=NUMBER].")
            }
            server = CacheServer(try CacheServer.socket(path[..<mark]))
            server.database = try Self.number(query.dropFirst(4))
        case "rediss":
            throw AddressError(
                """
                rediss:// needs TLS, which Debian 12's hiredis (0.14) does not have. Use a Unix socket, or a tunnel \
                such as stunnel and redis:// to its end on this machine.
                """)
        default: return nil
        }
        try server.readCredentials(in: authority)
    }

    package mutating func use(passwordFile: String) throws(AddressError) {
        guard server.password == nil else {
            throw AddressError("kill_list already holds a password. Remove one of them.")
        }
        server.passwordFile = passwordFile
    }

    package var containsPassword: Bool { server.password != nil }

    package var files: [(key: String, file: String)] {
        server.passwordFile.map { [("kill_list_password_file", $0)] } ?? []
    }

    package func open(name: String) -> any KillList {
        RedisKillList(server, name: name)
    }

    private static func number(_ text: Substring) throws(AddressError) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), (0...1_000_000).contains(number) else {
            throw AddressError("expected the number of a database.")
        }
        return number
    }
}
