import Glibc

/// The facts about a file that checks look at.
package struct FileFacts: Sendable, Equatable {
    package var path: String
    /// Owner (uid).
    package var owner: UInt32
    /// Group (gid).
    package var group: UInt32
    /// Permissions, the lowest 12 bits of the mode.
    package var mode: UInt32
    package var kind: Kind

    package enum Kind: Sendable, Equatable {
        case directory
        /// A regular file.
        case file
        /// A Unix socket.
        case socket
        case other
    }

    package init(path: String, owner: UInt32, group: UInt32, mode: UInt32, kind: Kind) {
        self.path = path
        self.owner = owner
        self.group = group
        self.mode = mode
        self.kind = kind
    }

    /// Reads the facts by stat(2), which follows links; nil if the file does not exist.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFREG: .file
            case S_IFSOCK: .socket
            default: .other
            }
        self.init(
            path: path, owner: status.st_uid, group: status.st_gid, mode: status.st_mode & 0o7777, kind: kind)
    }

    /// Whether this user may not search a directory on the way to a path, so that nothing is known about it.
    package static func isHidden(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 && errno == EACCES
    }

    enum Permission: Equatable {
        case granted
        /// It depends on whether the user is in the file's group.
        case ofGroup
        case denied
    }

    /// Whether a user has a right: 4 read, 2 write, 1 execute or search.
    func permission(_ right: UInt32, of account: Account) -> Permission {
        if account.uid == 0 || mode & right != 0 { return .granted }
        if owner == account.uid { return mode & right << 6 != 0 ? .granted : .denied }
        guard mode & right << 3 != 0 else { return .denied }
        return group == account.group ? .granted : .ofGroup
    }

    /// The permissions in octal digits, as in chmod(1): 0750.
    var octalMode: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
