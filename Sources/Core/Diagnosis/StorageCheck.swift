import CSystem

/// Whether the storage can hold what must not be lost, and shows it to nobody else.
package struct StorageCheck: Sendable {
    /// The directory; nil where there is none.
    package var directory: FileFacts?
    /// Its secret; nil where none was made yet.
    package var secret: FileFacts?
    /// Type of its file system, statfs(2).
    package var fileSystem: Int
    /// Bytes that are free there.
    package var free: Int64
    /// The path from the configuration.
    package var path: String

    /// Facts that somebody else has found.
    package init(path: String, directory: FileFacts?, secret: FileFacts?, fileSystem: Int, free: Int64) {
        self.path = path
        self.directory = directory
        self.secret = secret
        self.fileSystem = fileSystem
        self.free = free
    }

    /// Looks at a storage.
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

    /// What is so.
    package var findings: [Finding] {
        let subject = "storage"
        guard let directory else {
            return [
                .problem(subject, "\(path) is not there. Create it, and give it to the user the responder runs as.")
            ]
        }
        guard directory.kind == .directory else {
            return [.problem(subject, "\(path) is no directory. Name another under storage, or move it away.")]
        }
        var findings: [Finding] = []
        if directory.mode & 0o022 != 0 {
            findings.append(
                .problem(subject, "others may write into \(path) (\(directory.shownMode)). Run chmod 0750 \(path)."))
        } else if directory.mode & 0o005 != 0 {
            findings.append(
                .warning(subject, "everybody may look into \(path) (\(directory.shownMode)). Run chmod 0750 \(path)."))
        }
        if directory.owner == 0 {
            findings.append(
                .warning(
                    subject, "\(path) is root's, so broker and jobs run as root. Give it to the responder's user."))
        }
        if let secret, secret.mode & 0o077 != 0 {
            findings.append(
                .problem(
                    subject,
                    "\(secret.path) can be read by others (\(secret.shownMode)), who can forge CSRF tokens. Remove it "
                        + "and restart the responder: a new one is made."))
        }
        if let secret, secret.owner != directory.owner {
            findings.append(
                .problem(subject, "\(secret.path) belongs to another user than \(path). Run chown on all of \(path)."))
        }
        if let name = Self.unsuitable[fileSystem] {
            findings.append(
                .warning(
                    subject,
                    name == "tmpfs"
                        ? "\(path) is on tmpfs: audit and logs are gone with the next boot. Move it to a disk."
                        : "\(path) is on \(name), where locks and durable renames are not sure. Move it to a local disk."
                ))
        }
        if free < 100 << 20 {
            findings.append(
                free < 10 << 20
                    ? .problem(subject, "only \(free >> 20) MiB are free on its disk. Make room, or purge old logs.")
                    : .warning(subject, "only \(free >> 20) MiB are free on its disk. Make room, or purge old logs."))
        }
        return findings.isEmpty ? [.ok(subject, "\(path), \(directory.shownMode), \(free >> 20) MiB free.")] : findings
    }
}
