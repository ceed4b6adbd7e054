import Glibc

/// The status of a file, stat(2).
package struct FileStatus: Sendable, Equatable {
    /// Length in bytes.
    package let size: Int64
    /// Bytes on the disk. They are fewer than ``size`` if the file has holes.
    package let allocated: Int64
    /// Time of the last change of the content, in milliseconds since 1970.
    package let modifiedMilliseconds: Int64
    /// Owner.
    package let owner: uid_t
    /// Whether it is a file with content, and not a directory, a link or a FIFO.
    let isRegular: Bool
    /// Inode number. It changes if another file is renamed over this one.
    let inode: UInt64

    init(_ status: stat) {
        size = Int64(status.st_size)
        allocated = Int64(status.st_blocks) * 512
        modifiedMilliseconds = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        owner = status.st_uid
        inode = UInt64(status.st_ino)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }

    /// The status of a path; nil if it does not exist. It does not follow a symbolic link.
    package init?(ofPath path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// The version of a file: it changes whenever the file is written, replaced or removed.
package struct FileVersion: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    /// Times of the last change of the content and of the inode, in seconds and nanoseconds. The latter also changes
    /// if a program sets the former back.
    private let times: [Int]

    /// The version of the file at a path, stat(2); nil if there is none. It follows symbolic links.
    package init?(ofPath path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        times = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}

/// Resolves symbolic links.
enum RealPath {
    /// The absolute path without symbolic links, realpath(3). It fails if the path does not exist.
    static func resolve(_ path: String) throws(SystemError) -> String {
        guard let pointer = realpath(path, nil) else { throw SystemError("realpath", path) }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
