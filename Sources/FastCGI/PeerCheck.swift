import CSystem

/// Checks the user of each connection, because a peer sets the CGI variables and so chooses its own identity.
struct PeerCheck {
    private let users: Set<UInt32>
    private let isUnix: Bool

    /// - Parameters:
    ///   - users: The user ids that may connect to a Unix socket.
    ///   - listening: The descriptor of the listening socket.
    init(users: Set<UInt32>, listening: Int32) {
        self.users = users
        isUnix = system_is_unix_socket(listening) == 1
    }

    /// Whether a connection comes from one of the users (SO_PEERCRED, unix(7)) or, over TCP, from this machine.
    func accepts(_ connection: Int32) -> Bool {
        guard isUnix else { return system_is_loopback_peer(connection) == 1 }
        let uid = system_peer_uid(connection)
        return uid >= 0 && users.contains(UInt32(uid))
    }
}
