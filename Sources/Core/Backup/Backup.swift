import Foundation
import Glibc

/// A backup to write: one file with the store, the UUID, the secret and the records of an instance.
package struct Backup: Sendable {
    package let storage: Storage
    /// The file to write.
    package let file: String
    /// Whether the logs are part of it.
    package let hasLogs: Bool
    /// Whether an existing file is replaced.
    package let replacesFile: Bool

    package init(of storage: Storage, to file: String, hasLogs: Bool, replacesFile: Bool) {
        self.storage = storage
        self.file = file
        self.hasLogs = hasLogs
        self.replacesFile = replacesFile
    }

    /// The files of the storage that are part of it, by their paths in the backup.
    ///
    /// The exit and kill records are part of it, because an execution may have ended and not be settled yet.
    package func files() throws -> [(name: String, path: String)] {
        let own = ["remotisan_server_guid", "secret"].map { (name: $0, path: "\(storage.directory)/\($0)") }
        let records = try Self.names(in: storage.jobs, endingWith: [".exit", ".kill"])
            .map { (name: "jobs/\($0)", path: "\(storage.jobs)/\($0)") }
        guard hasLogs else { return own + records }
        return own + records
            + (try Self.names(in: storage.logs, endingWith: [".log"])).map {
                (name: "logs/\($0)", path: "\(storage.logs)/\($0)")
            }
    }

    private static func names(in directory: String, endingWith ends: [String]) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted().filter { name in
            ends.contains { name.hasSuffix($0) }
                && JobUUID(String(name.dropLast(name.hasSuffix(".log") ? 4 : 5))) != nil
        }
    }

    /// Creates an empty file beside the backup, with mode 0600.
    package func makeTemporary() throws(SystemError) -> String {
        let path = "\(file).\(getpid()).new"
        unlink(path)
        _ = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        return path
    }

    /// Makes a temporary file durable and gives it the name of the backup.
    package func publish(_ temporary: String) throws {
        try Descriptor(opening: temporary, O_RDWR).sync(temporary)
        if replacesFile {
            guard rename(temporary, file) == 0 else { throw SystemError("rename", file) }
        } else {
            // link(2), unlike rename(2), does not replace a file that was created meanwhile.
            guard link(temporary, file) == 0 else {
                let error = SystemError("link", file)
                if error.code == EEXIST { throw BackupError.exists(file) }
                throw error
            }
            unlink(temporary)
        }
        try DurableFile.syncDirectory(of: file)
    }
}

/// Why a backup was not written or not restored.
package enum BackupError: Error, Equatable, CustomStringConvertible {
    /// There is a file of this name.
    case exists(String)
    /// The file is not a backup, or is damaged.
    case unusable(String, reason: String)
    /// Something uses the storage, or it has content.
    case inUse(String)
    /// The store is not a file that this program can back up.
    case unsupported(String)

    /// A sentence for the administrator.
    package var description: String {
        switch self {
        case .exists(let file): "\(file) exists. Name another file, or use --force to replace it."
        case .unusable(let file, let reason): "\(file) cannot be restored: \(reason)"
        case .inUse(let text), .unsupported(let text): text
        }
    }
}
