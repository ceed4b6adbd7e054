import CMemcached
import Core
import Glibc

/// A connection to memcached. Belongs to one thread at a time.
final class MemcachedConnection {
    private let server: CacheServer
    private let timeout: Int
    private var connection: OpaquePointer

    /// An item with its version.
    struct Item {
        let text: String
        let version: UInt64
    }

    /// It connects with the first command.
    ///
    /// - Parameters:
    ///   - server: The address.
    ///   - timeout: Time limit for connecting and for each answer, in milliseconds.
    init(_ server: CacheServer, timeout: Int) throws(KillListError) {
        self.server = server
        self.timeout = timeout
        connection = try Self.open(server, timeout: timeout)
    }

    private static func open(_ server: CacheServer, timeout: Int) throws(KillListError) -> OpaquePointer {
        let (host, port): (String, UInt16) =
            switch server.place {
            case .host(let host, let port): (host, port)
            case .unix(let path): (path, 0)
            }
        var why = Self.why
        guard let made = memcached_open(host, port, Int32(clamping: timeout), &why) else { throw failure(why) }
        return made
    }

    deinit {
        memcached_shut(connection)
    }

    /// The item of a key; nil if there is none. It is the first command of every connection.
    func item(_ key: String) throws(KillListError) -> Item? {
        let deadline = Clock.boottimeMilliseconds() + Int64(timeout)
        while true {
            do throws(KillListError) {
                return try read(key)
            } catch {
                // While the queue of a busy server's Unix socket is full, connect(2) fails with EAGAIN. The library
                // takes that for a connection in progress, and then cannot use it.
                guard "\(error)".contains(SystemError.text(of: ENOTCONN)), Clock.boottimeMilliseconds() < deadline
                else { throw error }
                usleep(10_000)
                let next = try Self.open(server, timeout: timeout)
                memcached_shut(connection)
                connection = next
            }
        }
    }

    private func read(_ key: String) throws(KillListError) -> Item? {
        var why = Self.why
        var item = memcached_item()
        guard memcached_read(connection, key, key.utf8.count, &item, &why) == 0 else { throw Self.failure(why) }
        guard let value = item.value else { return nil }
        defer { free(value) }
        let text = String(decoding: UnsafeRawBufferPointer(start: value, count: item.length), as: UTF8.self)
        return Item(text: text, version: item.version)
    }

    /// Writes an item, unless it has changed since it was read.
    ///
    /// - Returns: false if another client has changed it.
    func write(_ text: String, to key: String, over item: Item?) throws(KillListError) -> Bool {
        var why = Self.why
        let written = memcached_write(
            connection, key, key.utf8.count, text, text.utf8.count, item == nil ? 1 : 0, item?.version ?? 0, &why)
        guard written >= 0 else { throw Self.failure(why) }
        return written == 1
    }

    private static var why: [CChar] { [CChar](repeating: 0, count: Int(MEMCACHED_WHY_SIZE)) }

    /// The message of the library without its addresses: `(0x55f…) SYSTEM ERROR(…), socket: … -> ./src/…/get.cc:233`.
    private static func failure(_ why: [CChar]) -> KillListError {
        var text = String(decoding: why.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)[...]
        if text.hasPrefix("(0x"), let end = text.firstIndex(of: " ") { text = text[text.index(after: end)...] }
        if let place = text.firstRange(of: " -> ") { text = text[..<place.lowerBound] }
        return .unreachable("memcached: \(text)")
    }
}
