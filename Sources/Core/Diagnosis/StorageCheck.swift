import CSystem

/// Checks that the storage is safe from loss and from other users.
package struct StorageCheck: Sendable {
    /// The directory; nil if it does not exist.
    package var directory: FileFacts?
    /// The file with the secret; nil if it does not exist yet.
    package var secret: FileFacts?
    /// The type of the file system, statfs(2).
    package var fileSystem: Int
    /// Free space in bytes.
    package var free: Int64
    package var path: String

    package init(path: String, directory: FileFacts?, secret: FileFacts?, fileSystem: Int, free: Int64) {
        self.path = path
        self.directory = directory
        self.secret = secret
        self.fileSystem = fileSystem
        self.free = free
    }

    /// Checks a directory.
    package init(_ path: String) {
        var free: Int64 = 0
        let type = system_file_system(path, &free)
        self.init(
            path: path, directory: FileFacts(path), secret: FileFacts(path + "/secret"),
            fileSystem: type, free: free)
    }

    private static let unsuitable = [
        0x6969: "NFS", 0x0102_1994: "tmpfs", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x0102_1997: "9P",
        0x6573_5546: "FUSE",
    ]

    private static let btrfs = 0x9123_683E

    package var findings: [Finding] {
        let subject = "storage"
        guard let directory else {
            return [
                .problem(subject, "\(path) does not exist. Create it, owned by the responder's user.")
            ]
        }
        guard directory.kind == .directory else {
            return [.problem(subject, "\(path) is not a directory. Move it, or set storage to a directory.")]
        }
        var findings: [Finding] = []
        if directory.mode & 0o022 != 0 {
            findings.append(
                .problem(subject, "other users may write to \(path) (\(directory.octalMode)). Run chmod 0750 \(path)."))
        } else if directory.mode & 0o005 != 0 {
            findings.append(
                .warning(subject, "everybody may read \(path) (\(directory.octalMode)). Run chmod 0750 \(path)."))
        }
        if directory.owner == 0 {
            findings.append(
                .warning(
                    subject,
                    "root owns \(path), so the broker and jobs run as root. Run chown for the responder's user."))
        }
        if let secret, secret.mode & 0o077 != 0 {
            findings.append(
                .problem(
                    subject,
                    "other users may read \(secret.path) (\(secret.octalMode)) and forge CSRF tokens. Remove it and "
                        + "restart the responder, which creates a new one."))
        }
        if let secret, secret.owner != directory.owner {
            findings.append(
                .problem(subject, "\(secret.path) and \(path) have different owners. Run chown -R for \(path)."))
        }
        if let name = Self.unsuitable[fileSystem] {
            findings.append(
                .warning(
                    subject,
                    name == "tmpfs"
                        ? "\(path) is on tmpfs, so the next boot removes the history and the logs. Move it to a disk."
                        : "\(path) is on \(name), whose locks and renames are unreliable. Move it to a local disk."
                ))
        }
        if fileSystem == Self.btrfs {
            findings.append(
                .warning(
                    subject,
                    "\(path) is on btrfs. If a quota is used up, the kernel ends programs that use a SQLite database "
                        + "there (SIGBUS). Use ext4 or XFS, or PostgreSQL."))
        }
        if free < 100 << 20 {
            findings.append(
                free < 10 << 20
                    ? .problem(subject, "only \(free >> 20) MiB are free. Free disk space, or purge old executions.")
                    : .warning(subject, "only \(free >> 20) MiB are free. Free disk space, or purge old executions."))
        }
        return findings.isEmpty ? [.ok(subject, "\(path), \(directory.octalMode), \(free >> 20) MiB free.")] : findings
    }
}
