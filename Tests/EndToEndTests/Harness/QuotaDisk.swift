import Foundation
import Glibc
import TestSupport

@testable import Core

/// A btrfs file system in a file whose mounted subvolume has a quota, while the disk itself has room. ext4 can have
/// quotas only if the kernel was built with CONFIG_QFMT_V2.
struct QuotaDisk: Sendable {
    let directory: String
    private let image: String

    /// Whether this machine can make one: root, and Debian's package btrfs-progs.
    static let isPossible: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory(),
            let disk = try? QuotaDisk(
                at: directory.path + "/disk.img", mountedOn: directory.path + "/disk", bytes: 4 << 20)
        else { return false }
        disk.unmount()
        return true
    }()

    /// Makes one, mounts it, and gives it to the service account.
    init(at image: String, mountedOn directory: String, bytes: Int) throws {
        (self.image, self.directory) = (image, directory)
        guard FileManager.default.createFile(atPath: image, contents: nil), truncate(image, 160 << 20) == 0 else {
            throw SystemError("truncate", image)
        }
        mkdir(directory, 0o755)
        try Self.run("mkfs.btrfs", "-q", image)
        try Self.run("mount", "-o", "loop", image, directory)
        let volume = directory + "/limited"
        for command in [
            ["btrfs", "quota", "enable", directory], ["btrfs", "subvolume", "create", volume],
            ["btrfs", "qgroup", "limit", "\(bytes)", volume], ["umount", directory],
            ["mount", "-o", "loop,subvol=limited", image, directory],
        ] { try Self.run(command) }
        guard chown(directory, ServiceAccount.user, ServiceAccount.group) == 0 else {
            throw SystemError("chown", directory)
        }
    }

    /// Whether the service account can write nothing more.
    var isUsedUp: Bool {
        let path = directory + "/probe"
        defer { unlink(path) }
        do throws(SystemError) {
            let file = try Descriptor(opening: path, O_WRONLY | O_CREAT)
            try file.write([UInt8](repeating: 0, count: 65_536), to: path)
            try file.sync(path)
            return false
        } catch {
            return error.code == EDQUOT
        }
    }

    /// Blocks that are free according to the file system.
    var remaining: UInt {
        var status = statvfs()
        return statvfs(directory, &status) == 0 ? status.f_bavail : 0
    }

    /// Unmounts and removes it.
    func unmount() {
        umount2(directory, Int32(MNT_DETACH))
        unlink(image)
    }

    private static func run(_ command: String...) throws { try run(command) }

    private static func run(_ command: [String]) throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = ["PATH": JobEnvironment.defaultPath]
        let output = try process.runToEnd()
        guard process.terminationStatus == 0 else { throw DiskImageError(command: command[0], output: output) }
    }
}
