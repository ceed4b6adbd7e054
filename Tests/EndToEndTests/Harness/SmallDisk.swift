import Foundation
import Glibc

@testable import Core

/// A file system in memory of a few MiB, mounted on a directory, for tests that fill it.
struct SmallDisk: Sendable {
    let directory: String

    /// Whether this machine can mount one.
    static let isPossible: Bool = {
        let directory = "/tmp/rms-mount-\(getpid())"
        mkdir(directory, 0o755)
        defer { rmdir(directory) }
        guard let disk = try? SmallDisk(on: directory, bytes: 1 << 20) else { return false }
        disk.unmount()
        return true
    }()

    /// Mounts one for the service account.
    init(on directory: String, bytes: Int) throws {
        let options = "size=\(bytes),mode=750,uid=\(ServiceAccount.user),gid=\(ServiceAccount.group)"
        guard mount("tmpfs", directory, "tmpfs", 0, options) == 0 else { throw SystemError("mount", directory) }
        self.directory = directory
    }

    /// Fills the remaining space.
    func fill() throws(SystemError) {
        let file = try Descriptor(opening: directory + "/filling", O_WRONLY | O_CREAT | O_APPEND)
        do throws(SystemError) {
            while true { try file.write([UInt8](repeating: 0, count: 4096), to: directory) }
        } catch {
            guard error.code == ENOSPC else { throw error }
        }
    }

    /// Allows no more files than there are.
    func limitInodes(to count: Int) throws(SystemError) {
        guard mount("tmpfs", directory, "tmpfs", UInt(MS_REMOUNT), "nr_inodes=\(count)") == 0 else {
            throw SystemError("mount", directory)
        }
    }

    /// Blocks and inodes that the service account may still use.
    var remaining: (blocks: UInt, inodes: UInt) {
        var status = statvfs()
        return statvfs(directory, &status) == 0 ? (status.f_bavail, status.f_favail) : (0, 0)
    }

    /// Releases the space.
    func free() {
        unlink(directory + "/filling")
    }

    /// Unmounts it, even if some process has files of it open.
    func unmount() {
        umount2(directory, Int32(MNT_DETACH))
    }
}
