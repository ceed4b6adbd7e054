import Foundation
import Glibc
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// What survives a power cut: a copy of the disk as it was at one moment, mounted again.
@Suite(.serialized, .enabled(if: DiskImage.isPossible, "a loop device cannot be mounted here"))
struct PowerCutTests {
    private static let cuts = 5
    private static let jobsPerCut = 8

    @Test func `the log of a job that has ended survives a power cut`() async throws {
        try await onThread {
            let directory = try TemporaryDirectory()
            let disk = try DiskImage(at: directory.path + "/disk.img", mountedOn: directory.path + "/disk")
            defer { disk.unmount() }
            let storage = try Storage(at: disk.directory + "/storage")
            let store = try SQLiteStore(path: storage.database)
            try store.migrate()
            let launcher = Launcher(
                programs: try .supervisorOnly(in: directory), storage: storage, configuration: "/none", groups: nil)
            let launching = LaunchExecution(
                store: store, storage: storage, launcher: launcher,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            var jobs: [JobUUID: String] = [:]
            for cut in 1...Self.cuts {
                for number in 1...Self.jobsPerCut {
                    let uuid = JobUUID()
                    // Small logs, and some of several megabytes.
                    let lines = number == 1 ? 1_000_000 : 10 * number
                    let command = Command(name: "x", roles: [], run: ["/usr/bin/seq", "\(lines)"])
                    let lock = try JobFiles(uuid, in: storage).takeLock()
                    _ = try store.insert(.sample(uuid, server: storage.serverUUID, command: "x"), limit: nil)
                    try launching.launch(uuid, command, with: Invocation(argv: command.run, line: ""), lock: lock)
                    jobs[uuid] = "\(lines)\n"
                }
                // Some have ended at the cut, and the others run.
                try blockUntil("the end of some jobs") {
                    try jobs.keys.count { try JobFiles($0, in: storage).exitRecord() != nil } >= jobs.count - cut % 3
                }
                try expectComplete(jobs, in: disk.copy(), of: storage)
            }
            for uuid in jobs.keys {
                try blockUntil("the end of \(uuid)") { try !JobFiles(uuid, in: storage).isLocked() }
            }
        }
    }

    /// Every execution has its row after the cut. Every job with an exit record has its whole log.
    private func expectComplete(_ jobs: [JobUUID: String], in disk: DiskImage, of storage: Storage) throws {
        defer { disk.unmount() }
        let copy = try Storage(at: disk.directory + "/storage")
        let store = try SQLiteStore(path: copy.database)
        var ended = 0
        for (uuid, lastLine) in jobs {
            #expect(try store.execution(uuid) != nil)
            let files = JobFiles(uuid, in: copy)
            guard try files.exitRecord() != nil else { continue }
            ended += 1
            let log = try String(contentsOfFile: files.log, encoding: .utf8)
            #expect(log.hasPrefix("1\n2\n") && log.hasSuffix("\n" + lastLine), "\(log.utf8.count) bytes")
        }
        #expect(ended > 0)
    }
}

/// An ext4 file system in a file.
private struct DiskImage {
    let directory: String
    private let image: String

    static let isPossible: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory(),
            let disk = try? DiskImage(at: directory.path + "/disk.img", mountedOn: directory.path + "/disk")
        else { return false }
        disk.unmount()
        return true
    }()

    /// Makes one and mounts it.
    init(at image: String, mountedOn directory: String) throws {
        (self.image, self.directory) = (image, directory)
        guard FileManager.default.createFile(atPath: image, contents: nil), truncate(image, 128 << 20) == 0 else {
            throw SystemError("truncate", image)
        }
        // Without writes in the background, which would change a copy while it is made.
        try Self.run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
        try mount()
    }

    /// Mounts a copy of an image.
    private init(copyOf image: String, as copy: String) throws {
        (self.image, directory) = (copy, copy + ".mounted")
        try FileManager.default.copyItem(atPath: image, toPath: copy)
        try mount()
    }

    /// The disk as a power cut would leave it now. What the kernel has not written is missing.
    func copy() throws -> DiskImage {
        let first = "\(image).\(UInt32.random(in: 0 ... .max))"
        let second = first + ".again"
        // Two copies that are equal were not changed by a write in between.
        try blockUntil("a moment without writes") {
            for path in [first, second] {
                unlink(path)
                try Self.run("cp", "--sparse=always", image, path)
            }
            return FileManager.default.contentsEqual(atPath: first, andPath: second)
        }
        unlink(second)
        defer { unlink(first) }
        return try DiskImage(copyOf: first, as: first + ".cut")
    }

    private func mount() throws {
        mkdir(directory, 0o755)
        try Self.run("mount", "-o", "loop,noinit_itable", image, directory)
    }

    func unmount() {
        umount2(directory, Int32(MNT_DETACH))
        unlink(image)
    }

    private static func run(_ arguments: String...) throws {
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let child = try ChildProcess.spawn(
            "/usr/bin/env", arguments: ["env"] + arguments, environment: ["PATH": JobEnvironment.defaultPath],
            descriptors: [null.number, null.number, null.number])
        let status = ChildProcess.wait(for: child)
        guard status == 0 else { throw SystemError(arguments[0], arguments.last ?? "", code: EIO) }
    }
}
