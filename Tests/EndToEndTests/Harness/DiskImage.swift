import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// An ext4 file system in a file, mounted on a directory.
struct DiskImage: Sendable {
    let directory: String
    let image: String

    /// Whether this machine can mount one.
    static let isPossible: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory(),
            let disk = try? DiskImage(at: directory.path + "/disk.img", mountedOn: directory.path + "/disk")
        else { return false }
        disk.unmount()
        return true
    }()

    /// Makes one, mounts it, and gives it to the service account.
    init(at image: String, mountedOn directory: String) throws {
        (self.image, self.directory) = (image, directory)
        guard FileManager.default.createFile(atPath: image, contents: nil), truncate(image, 64 << 20) == 0 else {
            throw SystemError("truncate", image)
        }
        // Without writes in the background, which would change a copy while it is made.
        try Self.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image])
        try mount()
        guard chown(directory, ServiceAccount.user, ServiceAccount.group) == 0 else {
            throw SystemError("chown", directory)
        }
    }

    /// An existing image, not mounted.
    private init(image: String, directory: String?) {
        (self.image, self.directory) = (image, directory ?? image + ".mounted")
    }

    /// The disk as a power cut would leave it now. What the kernel has not written is missing. The copy is not mounted.
    ///
    /// - Parameter directory: Where it is to be mounted; nil for a directory of its own.
    func copy(for directory: String? = nil) throws -> DiskImage {
        let first = "\(image).\(UInt32.random(in: 0 ... .max))"
        let second = first + ".again"
        // Two copies that are equal were not changed by a write in between.
        try blockUntil("a moment without writes") {
            for path in [first, second] {
                unlink(path)
                try Self.run(["cp", "--sparse=always", image, path])
            }
            return FileManager.default.contentsEqual(atPath: first, andPath: second)
        }
        unlink(second)
        return DiskImage(image: first, directory: directory)
    }

    /// Repairs the file system. It is not mounted.
    func repair() throws {
        // 1 means that it had errors, and has none any more.
        try Self.run(["e2fsck", "-fy", image], accepting: 0...1)
    }

    func mount() throws {
        mkdir(directory, 0o755)
        try Self.run(["mount", "-o", "loop,noinit_itable,errors=remount-ro", image, directory])
    }

    /// Makes the kernel find an error in the file system, so that it becomes read-only, and waits until it is.
    func fail() throws {
        let device = try #require(
            try String(contentsOfFile: "/proc/mounts", encoding: .utf8).split(separator: "\n")
                .first { $0.split(separator: " ").dropFirst().first.map(String.init) == directory }?
                .split(separator: " ").first?.split(separator: "/").last)
        try "test".write(toFile: "/sys/fs/ext4/\(device)/trigger_fs_error", atomically: false, encoding: .utf8)
        try blockUntil("a read-only file system") {
            let path = directory + "/probe"
            let number = open(path, O_WRONLY | O_CREAT, 0o600)
            if number >= 0 { close(number) }
            return number < 0 && errno == EROFS
        }
    }

    /// Unmounts it, even if some process has files of it open. The image stays.
    func detach() {
        umount2(directory, Int32(MNT_DETACH))
    }

    /// Unmounts and removes it.
    func unmount() {
        detach()
        unlink(image)
    }

    private static func run(_ arguments: [String], accepting codes: ClosedRange<Int32> = 0...0) throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ["PATH": JobEnvironment.defaultPath]
        let output = try process.runToEnd()
        guard codes.contains(process.terminationStatus) else {
            throw DiskImageError(command: arguments[0], output: output)
        }
    }
}

/// A program that makes, mounts or copies a file system failed.
struct DiskImageError: Error {
    let command: String
    let output: String
}
