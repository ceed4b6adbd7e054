import Glibc

/// What stat(2) says of a file, as far as it matters here.
package struct FileStatus: Sendable, Equatable {
    /// Length in bytes.
    package let size: Int64
    /// Bytes that it takes on the disk; less than ``size`` where it has holes.
    package let allocated: Int64
    /// Milliseconds since 1970 of the last change of its content.
    package let modifiedMilliseconds: Int64
    /// Owner.
    package let owner: uid_t
    /// Which file of its file system it is: another one after a rename over it.
    let inode: UInt64

    init(_ status: stat) {
        size = Int64(status.st_size)
        allocated = Int64(status.st_blocks) * 512
        modifiedMilliseconds = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        owner = status.st_uid
        inode = UInt64(status.st_ino)
    }

    /// The status of a path itself, not of what a link points to; nil where there is nothing.
    package init?(ofPath path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
