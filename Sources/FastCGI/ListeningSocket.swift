import CSystem
import Core
import Glibc

/// The socket on which the responder accepts connections.
package struct ListeningSocket: ~Copyable {
    let descriptor: Descriptor
    /// The path of a Unix socket that this process made; nil for any other socket.
    let file: String?

    /// A socket that another process passed as a descriptor; nil if the descriptor is not a listening socket.
    package init?(inherited number: Int32) {
        guard system_is_listening(number) == 1 else { return nil }
        descriptor = Descriptor(owning: number)
        file = nil
    }

    /// Listens on `unix:/path` or on `address:port` of the loopback interface.
    ///
    /// A Unix socket has the mode 0660. If this process is allowed to, it sets the group of the file to `group`.
    ///
    /// - Throws: ``ListeningSocketError``, `SystemError`.
    package init(listeningOn address: String, group: String = "www-data") throws {
        if address.hasPrefix("unix:") {
            let path = String(address.dropFirst("unix:".count))
            descriptor = try Self.listenOnUnixSocket(path, group: group)
            file = path
        } else {
            descriptor = try Self.listenOnLoopback(address)
            file = nil
        }
    }

    /// Gives up ownership of the descriptor. It stays open.
    consuming func release() -> Int32 {
        descriptor.release()
    }

    private static func listenOnUnixSocket(_ path: String, group: String) throws -> Descriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.utf8.count < capacity else { throw ListeningSocketError.invalid("unix:\(path)") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let socket = try makeSocket(AF_UNIX, for: path)

        // A socket file on which no process answers was left by one that was killed.
        let probe = try makeSocket(AF_UNIX, for: path)
        if withPointer(to: &address, { connect(probe.rawValue, $0, $1) }) == 0 {
            throw ListeningSocketError.inUse("unix:\(path)")
        }
        if errno == ECONNREFUSED { unlink(path) }

        // Looked up before, because a connection is refused from bind(2) to listen(2).
        let owner = getgrnam(group)?.pointee.gr_gid
        let previous = umask(0o117)
        let result = withPointer(to: &address) { bind(socket.rawValue, $0, $1) }
        let code = errno
        umask(previous)
        guard result == 0 else {
            if code == EADDRINUSE { throw ListeningSocketError.inUse("unix:\(path)") }
            throw SystemError("bind", path, code: code)
        }
        // EPERM: this process is neither root nor in the group. The administrator has then set the access otherwise.
        if let owner, chown(path, uid_t.max, owner) != 0, errno != EPERM { throw SystemError("chown", path) }
        try listen(socket, for: path)
        return socket
    }

    private static func listenOnLoopback(_ text: String) throws -> Descriptor {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ListeningSocketError.invalid(text)
        }
        let host = text[..<colon]
        if host == "[::1]" {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            return try listenOnPort(&address, family: AF_INET6, named: text)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, String(host), &address.sin_addr) == 1 else { throw ListeningSocketError.invalid(text) }
        guard UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127 else {
            throw ListeningSocketError.notLoopback(text)
        }
        return try listenOnPort(&address, family: AF_INET, named: text)
    }

    private static func listenOnPort<Address>(
        _ address: inout Address, family: Int32, named text: String
    ) throws -> Descriptor {
        let socket = try makeSocket(family, for: text)
        var yes: Int32 = 1
        setsockopt(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard withPointer(to: &address, { bind(socket.rawValue, $0, $1) }) == 0 else {
            if errno == EADDRINUSE { throw ListeningSocketError.inUse(text) }
            throw SystemError("bind", text)
        }
        try listen(socket, for: text)
        return socket
    }

    private static func makeSocket(_ family: Int32, for address: String) throws(SystemError) -> Descriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("socket", address) }
        return Descriptor(owning: number)
    }

    private static func listen(_ socket: borrowing Descriptor, for address: String) throws(SystemError) {
        guard Glibc.listen(socket.rawValue, SOMAXCONN) == 0 else { throw SystemError("listen", address) }
    }

    /// Passes an address to bind(2) or connect(2), which take any kind of address as a `sockaddr`.
    private static func withPointer<Address>(
        to address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// An address cannot be listened on.
package enum ListeningSocketError: Error, CustomStringConvertible {
    /// The address has neither of the two forms.
    case invalid(String)
    /// The address is not on the loopback interface, so other machines could connect.
    case notLoopback(String)
    /// Another process listens on the address.
    case inUse(String)

    /// A sentence for the administrator.
    package var description: String {
        switch self {
        case .invalid(let address):
            "\(address) is not an address to listen on. Use unix:/run/remotisan/remotisan.sock or 127.0.0.1:9000."
        case .notLoopback(let address):
            """
            \(address) is not a loopback address. Anyone who can connect can claim any identity, so use a Unix socket, \
            127.0.0.1 or [::1].
            """
        case .inUse(let address): "Another process listens on \(address)."
        }
    }
}
