import CSystem
import Glibc

/// Keeps a log from filling the disk without ever holding its job up.
///
/// The job goes on writing at the end; when more than the limit is on the disk, the middle's blocks are given
/// back (fallocate(2), FALLOC_FL_PUNCH_HOLE). The beginning, the end and every offset stay as they were.
struct LogCap {
    private static let block: Int64 = 4096
    let maxBytes: Int64

    init(_ maxBytes: Int64) {
        self.maxBytes = maxBytes
    }

    /// Gives back what is over the limit; nothing if nothing is.
    ///
    /// - Throws: ``SystemError``. A file system that has no holes (EOPNOTSUPP) keeps the whole log.
    func apply(to files: JobFiles) throws {
        guard let status = FileStatus(ofPath: files.log), status.allocated - Self.block > maxBytes else { return }
        guard let hole = hole(size: status.size) else { return }
        let file = try Descriptor(opening: files.log, O_RDWR)
        _ = try valueOrErrno("fallocate", files.log) {
            system_punch_hole(file.number, off_t(hole.lowerBound), off_t(hole.upperBound - hole.lowerBound))
        }
    }

    /// The bytes to give back: a quarter of the limit stays at the beginning, half of it at the end, so that the
    /// next hole is needed only when another quarter has been written.
    func hole(size: Int64) -> Range<Int64>? {
        let head = (maxBytes / 4) / Self.block * Self.block
        let tail = (size - maxBytes / 2) / Self.block * Self.block
        return head < tail ? head..<tail : nil
    }
}
