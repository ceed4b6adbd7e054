import CSystem
import Core
import Glibc

/// Where requests arrive.
package struct ListeningSocket: ~Copyable {
    let descriptor: Descriptor
    /// The Unix socket's file that this process has made; nil for any other socket.
    let file: String?

    /// The socket that was handed over as descriptor 0; nil if it is none.
    package init?(inherited number: Int32) {
        guard system_is_listening(number) == 1 else { return nil }
        descriptor = Descriptor(owning: number)
        file = nil
    }

    /// Listens on `unix:/path` or on a loopback `address:port`.
    ///
    /// A Unix socket is open to its owner and group, 0660; the group is that of `group` where we may give it.
    ///
    /// - Throws: ``ListeningSocketError``, `SystemError`.
    package init(listeningOn address: String, group: String = "www-data") throws {
        if address.hasPrefix("unix:") {
            let path = String(address.dropFirst("unix:".count))
            descriptor = try Self.unix(path, group)
            file = path
        } else {
            descriptor = try Self.loopback(address)
            file = nil
        }
    }

    /// Gives the number away: from here on nobody closes it.
    consuming func release() -> Int32 {
        descriptor.release()
    }

    private static func unix(_ path: String, _ group: String) throws -> Descriptor {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !path.isEmpty, path.utf8.count < capacity else {
            throw ListeningSocketError.notUnderstood("unix:\(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let socket = try makeSocket(AF_UNIX, path)

        // A socket file that nobody answers on is left from a process that was killed.
        let probe = try makeSocket(AF_UNIX, path)
        if call(probe, &address, Glibc.connect) == 0 { throw ListeningSocketError.inUse("unix:\(path)") }
        if errno == ECONNREFUSED { unlink(path) }

        let before = umask(0o117)
        let bound = call(socket, &address, Glibc.bind)
        let code = errno
        umask(before)
        guard bound == 0 else {
            if code == EADDRINUSE { throw ListeningSocketError.inUse("unix:\(path)") }
            throw SystemError("bind", path, code: code)
        }
        if let entry = getgrnam(group) {
            // EPERM: we are neither root nor in the group; then the administrator has arranged it otherwise.
            if chown(path, uid_t.max, entry.pointee.gr_gid) != 0, errno != EPERM { throw SystemError("chown", path) }
        }
        try listen(socket, path)
        return socket
    }

    private static func loopback(_ text: String) throws -> Descriptor {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ListeningSocketError.notUnderstood(text)
        }
        let host = text[..<colon]
        if host == "[::1]" {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_addr = in6addr_loopback
            return try bound(AF_INET6, &address, text)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, String(host), &address.sin_addr) == 1 else {
            throw ListeningSocketError.notUnderstood(text)
        }
        guard UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127 else {
            throw ListeningSocketError.notLoopback(text)
        }
        return try bound(AF_INET, &address, text)
    }

    private static func bound<Address>(_ family: Int32, _ address: inout Address, _ text: String) throws -> Descriptor {
        let socket = try makeSocket(family, text)
        var yes: Int32 = 1
        setsockopt(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard call(socket, &address, Glibc.bind) == 0 else {
            if errno == EADDRINUSE { throw ListeningSocketError.inUse(text) }
            throw SystemError("bind", text)
        }
        try listen(socket, text)
        return socket
    }

    private static func makeSocket(_ family: Int32, _ subject: String) throws -> Descriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError("socket", subject) }
        return Descriptor(owning: number)
    }

    private static func listen(_ socket: borrowing Descriptor, _ subject: String) throws {
        guard Glibc.listen(socket.rawValue, SOMAXCONN) == 0 else { throw SystemError("listen", subject) }
    }

    private static func call<Address>(
        _ socket: borrowing Descriptor, _ address: inout Address,
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                function(socket.rawValue, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}

/// What can be wrong with an address.
package enum ListeningSocketError: Error, CustomStringConvertible {
    /// It is written in no way we know.
    case notUnderstood(String)
    /// It would let others than this machine in.
    case notLoopback(String)
    /// Another process listens there.
    case inUse(String)

    /// A sentence for the operator.
    package var description: String {
        switch self {
        case .notUnderstood(let address):
            "\(address) is no address to listen on; write unix:/run/remotisan/remotisan.sock or 127.0.0.1:9000."
        case .notLoopback(let address):
            """
            \(address) is not a loopback address. Whoever reaches the port chooses who they are, so it must be \
            127.0.0.1 or [::1]; a Unix socket is better still.
            """
        case .inUse(let address): "Another process listens on \(address)."
        }
    }
}
