import Glibc

/// Tries a Unix socket.
package enum SocketProbe {
    /// Connects and leaves again without a word.
    package static func connect(_ path: String) -> SocketCheck.Connection {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return .failed("the path is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return .failed(SystemError.text(of: errno)) }
        defer { close(number) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return .accepted }
        return errno == ECONNREFUSED ? .refused : .failed(SystemError.text(of: errno))
    }
}
