import Core
import Foundation
import Glibc

/// A storage of one test, removed with everything in it when the last reference goes.
package final class TemporaryStorage: Sendable {
    /// The directory around it, for further files of the test.
    package let directory: TemporaryDirectory
    /// The storage.
    package let storage: Storage

    /// Makes a new one.
    ///
    /// - Throws: As `Storage` does.
    package init() throws {
        directory = try TemporaryDirectory()
        storage = try Storage(at: directory.path + "/storage")
    }

    /// The files of a job in it.
    package func files(_ uuid: JobUUID) -> JobFiles {
        JobFiles(uuid, in: storage)
    }

    /// Writes a file whole.
    ///
    /// - Throws: As `Data.write` does.
    package func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// What comes through a named pipe until the last writer has closed it; `Data` reads files alone.
    ///
    /// - Throws: As `FileHandle` does.
    package func readPipe(_ path: String) throws -> String {
        let pipe = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        return String(decoding: try pipe.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// Waits until a job's supervisor is gone: the kernel frees its lock then.
    ///
    /// - Throws: `SystemError` if there is no lock to wait for.
    package func waitForEnd(of uuid: JobUUID) throws {
        let lock = try Descriptor(opening: files(uuid).lock, O_RDONLY)
        while flock(lock.rawValue, LOCK_SH) != 0 {
            if errno != EINTR { throw SystemError("flock", files(uuid).lock) }
        }
    }
}

/// Another's lock on a job's file, as its supervisor holds it; free again when the last reference goes.
package final class HeldLock: Sendable {
    private let number: Int32

    /// Takes the lock of a job.
    ///
    /// - Throws: `SystemError` if the file cannot be made, or is locked.
    package init(_ files: JobFiles) throws {
        number = try Descriptor(opening: files.lock, O_RDWR | O_CREAT).release()
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else { throw SystemError("flock", files.lock) }
    }

    deinit {
        close(number)
    }
}
