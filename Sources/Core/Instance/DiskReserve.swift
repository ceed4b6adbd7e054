import CSystem
import Glibc

/// Reserved space on the disk of the storage.
///
/// A job that fills the disk can still be killed, because the kill request, the kill record and the end can still be
/// written.
struct DiskReserve: Sendable {
    private static let bytes: off_t = 1 << 20
    let path: String
    let directory: String

    /// Reserves the space, unless it is reserved already or the disk lacks space.
    func take() {
        guard FileStatus(ofPath: path) == nil else { return }
        guard let file = try? Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL) else { return }
        if posix_fallocate(file.rawValue, 0, Self.bytes) != 0 { unlink(path) }
    }

    /// Runs `body`. If it fails and the disk is full, releases the reserve and runs `body` again.
    func retryingWithReserve<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            guard isDiskFull, unlink(path) == 0 else { throw error }
            return try body()
        }
    }

    private var isDiskFull: Bool {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return false }
        return off_t(status.f_bavail) * off_t(status.f_frsize) < Self.bytes
    }
}
