import CSystem
import Glibc

/// Who may talk to us at all: whoever does chooses who they are.
struct PeerCheck {
    let users: Set<UInt32>

    /// Whether a connection comes from one of the users (Unix socket, SO_PEERCRED of unix(7)) or from this machine.
    func accepts(_ connection: Int32) -> Bool {
        let uid = system_peer_uid(connection)
        if uid >= 0 { return users.contains(UInt32(uid)) }
        return system_is_loopback_peer(connection) == 1
    }
}
