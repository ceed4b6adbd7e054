import Core
import Foundation
import Glibc

/// A storage for one test. It is removed with the last reference.
package final class TemporaryStorage: Sendable {
    /// The directory that contains the storage, for further files of the test.
    package let directory: TemporaryDirectory
    package let storage: Storage

    package init() throws {
        directory = try TemporaryDirectory()
        storage = try Storage(at: directory.path + "/storage")
    }

    /// The files of a job.
    package func files(_ uuid: JobUUID) -> JobFiles {
        JobFiles(uuid, in: storage)
    }

    /// Writes a file.
    package func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Makes the supervisor of ``Programs/supervisorAtGate(in:)`` wait before it does anything for a job.
    package func makeGate(of uuid: JobUUID) throws {
        guard mkfifo(files(uuid).log + ".gate", 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Lets the supervisor continue. Waits until it is at the gate.
    package func openGate(of uuid: JobUUID) throws {
        try FileHandle(forWritingTo: URL(fileURLWithPath: files(uuid).log + ".gate")).close()
    }

    /// Waits until the supervisor of a job has exited, so that its lock is free.
    package func waitForEnd(of uuid: JobUUID) throws {
        let lock = try Descriptor(opening: files(uuid).lock, O_RDONLY)
        while flock(lock.rawValue, LOCK_SH) != 0 {
            if errno != EINTR { throw SystemError("flock", files(uuid).lock) }
        }
    }
}

/// A lock of a job, held as by its supervisor. It is released with the last reference.
package final class HeldLock: Sendable {
    private let number: Int32

    package init(_ files: JobFiles) throws {
        number = try Descriptor(opening: files.lock, O_RDWR | O_CREAT).release()
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock", files.lock) }
    }

    deinit {
        close(number)
    }
}

/// The lock of a responder, held as by a living one. It is released with the last reference.
package final class HeldResponderLock: Sendable {
    private let number: Int32

    package init(_ storage: Storage) throws {
        guard let lock = try storage.lockForResponder() else { throw SystemError("fcntl", storage.responderLock) }
        number = lock.release()
    }

    deinit {
        close(number)
    }
}

/// A directory for one test. It is removed with the last reference.
package final class TemporaryDirectory: Sendable {
    /// The absolute path. It is short, because the path of a Unix socket has at most 107 bytes.
    package let path: String

    package init() throws {
        let url = URL(fileURLWithPath: "/tmp/rms-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
