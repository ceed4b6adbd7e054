import Core

/// `kill_list: memcached://…`: the address of a memcached server, 1.4 or later.
package struct MemcachedServer: KillListBackend, Equatable {
    package static let usage = "memcached://HOST[:PORT], memcached+unix:///PATH"

    package let server: CacheServer

    package init(_ server: CacheServer) {
        self.server = server
    }

    package init?(parsing text: String) throws(AddressError) {
        guard let (scheme, authority, path) = CacheServer.split(text) else { return nil }
        switch scheme {
        case "memcached":
            guard path.drop(while: { $0 == "/" }).isEmpty, !authority.contains("@") else {
                throw AddressError("expected memcached://HOST[:PORT]: memcached has neither users nor databases.")
            }
            server = CacheServer(try CacheServer.host(in: authority, defaultPort: 11211, usage: Self.usage))
        case "memcached+unix":
            guard authority.isEmpty else { throw AddressError("expected memcached+unix:///PATH.") }
            server = CacheServer(try CacheServer.socket(path))
        default: return nil
        }
    }

    package mutating func use(passwordFile: String) throws(AddressError) {
        throw AddressError("memcached takes no password. Remove it.")
    }

    package var containsPassword: Bool { false }

    package var files: [(key: String, file: String)] { [] }

    package func open(name: String) -> any KillList {
        MemcachedKillList(server, name: name)
    }
}
