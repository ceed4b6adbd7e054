import Glibc

/// Unix sockets for tests. They are closed on exec.
package enum UnixSocket {
    /// A listening socket to which every user can connect; -1 if that fails.
    static func listening(at path: String) -> Int32 {
        unlink(path)
        let number = newSocket()
        guard withAddress(path, { bind(number, $0, $1) }) == 0, chmod(path, 0o777) == 0, listen(number, 128) == 0 else {
            close(number)
            return -1
        }
        return number
    }

    /// A connected socket; nil if nothing listens.
    package static func connected(to path: String) -> Int32? {
        let number = newSocket()
        guard withAddress(path, { connect(number, $0, $1) }) == 0 else {
            close(number)
            return nil
        }
        return number
    }

    private static func newSocket() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
