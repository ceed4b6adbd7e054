import Foundation
import Glibc

/// Copies the logs of the original into a storage.
///
/// Only logs of executions of this instance are copied, because others are orphaned files. A log that exists is left
/// alone. The caller is the owner of the storage, and not root: a job of the original could have replaced a log by a
/// link to another file.
package struct ImportLogs {
    private let path: String
    private let storage: Storage
    private let store: any ExecutionStore

    /// - Parameter path: The value of `logger.path` of the original. It put no slash between this and the UUID.
    package init(from path: String, into storage: Storage, store: any ExecutionStore) {
        self.path = path
        self.storage = storage
        self.store = store
    }

    package struct Outcome: Sendable, Equatable {
        package var copied = 0
        package var present = 0
        /// Logs without an execution of this instance.
        package var foreign = 0
    }

    /// Copies the logs.
    ///
    /// - Throws: ``ImportError``, ``StoreError``, ``SystemError``.
    package func run() throws -> Outcome {
        let logs = logs()
        guard !logs.isEmpty else {
            throw ImportError.unusable(
                file: path, reason: "there are no logs (UUID.log). Name the value of logger.path of the original.")
        }
        var outcome = Outcome()
        for (uuid, file) in logs {
            guard try store.execution(uuid)?.serverUUID == storage.serverUUID else {
                outcome.foreign += 1
                continue
            }
            if try copy(file, of: uuid) { outcome.copied += 1 } else { outcome.present += 1 }
        }
        try DurableFile.syncDirectory(of: storage.logs + "/x")
        return outcome
    }

    private func logs() -> [(uuid: JobUUID, file: String)] {
        var places = [(directory: path, prefix: "")]
        if !path.hasSuffix("/"), let slash = path.lastIndex(of: "/") {
            places.append((String(path[..<slash]), String(path[path.index(after: slash)...])))
        }
        return places.flatMap { place -> [(uuid: JobUUID, file: String)] in
            let (directory, prefix) = place
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return names.sorted().compactMap { name -> (uuid: JobUUID, file: String)? in
                guard name.hasPrefix(prefix), name.hasSuffix(".log"),
                    let uuid = JobUUID(String(name.dropFirst(prefix.count).dropLast(4)))
                else { return nil }
                return (uuid, "\(directory)/\(name)")
            }
        }
    }

    /// - Returns: Whether the log was copied; false if there was one.
    private func copy(_ file: String, of uuid: JobUUID) throws -> Bool {
        let target = JobFiles(uuid, in: storage).log
        guard access(target, F_OK) != 0 else { return false }
        let source = try Descriptor.opening(replaceable: file, O_RDONLY, owner: nil)
        let aside = "\(target).\(getpid()).new"
        defer { unlink(aside) }
        let copy = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_TRUNC)
        var offset: Int64 = 0
        while true {
            let part = try source.read(1 << 20, at: offset, of: file)
            guard !part.isEmpty else { break }
            try copy.write(part, to: aside)
            offset += Int64(part.count)
        }
        // Its age tells how old the output is.
        let modified = try source.status(of: file).modifiedMilliseconds
        let time = timespec(tv_sec: Int(modified / 1000), tv_nsec: Int(modified % 1000) * 1_000_000)
        _ = futimens(copy.rawValue, [time, time])
        try copy.sync(aside)
        if link(aside, target) == 0 { return true }
        guard errno == EEXIST else { throw SystemError("link", target) }
        return false
    }
}
