import Glibc

/// Reserved space on the disk of the storage.
///
/// A job that fills the disk can still be killed, because the kill request, the kill record and the end can still be
/// written.
struct DiskReserve: Sendable {
    private static let bytes: off_t = 1 << 20
    /// Files that reserve inodes. A kill needs one for its lock and one for its record.
    private static let inodes = 4
    let path: String
    let directory: String

    private var inodePaths: [String] { (1...Self.inodes).map { "\(path).\($0)" } }

    /// Reserves the space and the inodes, unless they are reserved already or the disk lacks them.
    func take() {
        for path in inodePaths where FileStatus(ofPath: path) == nil {
            _ = try? Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
        }
        guard FileStatus(ofPath: path) == nil else { return }
        guard let file = try? Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL) else { return }
        if posix_fallocate(file.rawValue, 0, Self.bytes) != 0 { unlink(path) }
    }

    /// Gives the space and the inodes back.
    ///
    /// - Returns: Whether there were some.
    @discardableResult
    func free() -> Bool {
        ([path] + inodePaths).map { unlink($0) == 0 }.contains(true)
    }

    /// Runs `body`. If it fails and the disk is full, releases the reserve and runs `body` again.
    func retryingWithReserve<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        do throws(Failure) {
            return try body()
        } catch {
            let isKnown = (error as? SystemError)?.isOfFullDisk ?? false
            guard isKnown || isDiskFull || isQuotaUsedUp, free() else { throw error }
            return try body()
        }
    }

    /// Whether the disk lacks space or inodes.
    var isDiskFull: Bool {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return false }
        if off_t(status.f_bavail) * off_t(status.f_frsize) < Self.bytes { return true }
        // A file system that makes inodes when it needs them reports 0 of 0.
        if status.f_files > 0, status.f_favail < fsfilcnt_t(Self.inodes) { return true }
        return false
    }

    /// Whether a quota stops this user although the disk has room. Only an attempt to write shows it.
    var isQuotaUsedUp: Bool {
        let probe = "\(path).probe.\(getpid()).new"
        defer { unlink(probe) }
        do throws(SystemError) {
            let file = try Descriptor(opening: probe, O_WRONLY | O_CREAT)
            try file.write([UInt8](repeating: 0, count: 4096), to: probe)
            try file.sync(probe)
            return false
        } catch {
            return error.isOfFullDisk
        }
    }
}
