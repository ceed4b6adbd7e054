import Glibc

/// What a check needs to know of a file or directory.
package struct FileFacts: Sendable, Equatable {
    /// Its path.
    package var path: String
    /// Owner.
    package var owner: UInt32
    /// Group.
    package var group: UInt32
    /// Permissions, the lowest 12 bits.
    package var mode: UInt32
    /// What it is.
    package var kind: Kind

    /// Kinds of files.
    package enum Kind: Sendable, Equatable {
        /// A directory.
        case directory
        /// An ordinary file.
        case file
        /// A Unix socket.
        case socket
        /// Anything else.
        case other
    }

    /// Facts that somebody else has found.
    package init(path: String, owner: UInt32, group: UInt32, mode: UInt32, kind: Kind) {
        self.path = path
        self.owner = owner
        self.group = group
        self.mode = mode
        self.kind = kind
    }

    /// Looks at a file, through links; nil where there is none.
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

    /// As `ls` and chmod(1) write permissions: 0750.
    var shownMode: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
