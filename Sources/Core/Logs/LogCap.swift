import CSystem
import Glibc

/// Limits the disk space of a log without delaying its job.
///
/// The job keeps appending. When the log occupies more than the limit, the blocks of its middle are released
/// (fallocate(2), FALLOC_FL_PUNCH_HOLE). The start, the end and all offsets stay.
struct LogCap {
    private static let block: Int64 = 4096
    let maxBytes: Int64

    init(_ maxBytes: Int64) {
        self.maxBytes = maxBytes
    }

    /// Releases blocks of a log that exceeds the limit. A log on a file system without holes (EOPNOTSUPP) stays
    /// complete.
    func apply(to files: JobFiles) throws {
        guard let status = FileStatus(ofPath: files.log), status.allocated - Self.block > maxBytes else { return }
        guard let hole = hole(size: status.size) else { return }
        let file = try Descriptor(opening: files.log, O_RDWR)
        _ = try valueOrErrno("fallocate", on: files.log) {
            system_punch_hole(file.number, off_t(hole.lowerBound), off_t(hole.upperBound - hole.lowerBound))
        }
    }

    /// The bytes to release. A quarter of the limit stays at the start, and half of it at the end. So the next hole is
    /// due only after another quarter was written.
    func hole(size: Int64) -> Range<Int64>? {
        let head = (maxBytes / 4) / Self.block * Self.block
        let tail = (size - maxBytes / 2) / Self.block * Self.block
        return head < tail ? head..<tail : nil
    }
}
