import CSystem
import Foundation
import Glibc

/// A backup to restore into a storage.
package struct Restore: Sendable {
    /// The backup.
    package let file: String
    /// The storage. It exists when the backup is read.
    package let directory: String
    /// The directory of the logs; nil for `logs` in the storage.
    package let logs: String?
    /// Whether the storage may have content, and jobs may run.
    package let isForced: Bool
    /// Whether executions that are queued in the backup stay queued.
    package let keepsQueued: Bool

    package init(of file: String, into directory: String, logs: String?, isForced: Bool, keepsQueued: Bool) {
        self.file = file
        self.directory = directory
        self.logs = logs
        self.isForced = isForced
        self.keepsQueued = keepsQueued
    }

    /// What was restored.
    package struct Outcome: Sendable, Equatable {
        /// The number of executions in the store.
        package var executions: Int
        /// When the backup was made, in Unix seconds.
        package var madeAt: Int64
        /// Queued executions that were ended.
        package var cancelled: Int
        /// Queued executions that have run since the backup. The broker settles them by their files.
        package var ran: Int
        /// Where the earlier store is; nil if there was none.
        package var replaced: String?
        /// Jobs with files whose executions are not in the backup.
        package var unknown: [JobUUID]

        package init(
            executions: Int, madeAt: Int64, cancelled: Int, ran: Int, replaced: String?, unknown: [JobUUID]
        ) {
            self.executions = executions
            self.madeAt = madeAt
            self.cancelled = cancelled
            self.ran = ran
            self.replaced = replaced
            self.unknown = unknown
        }
    }

    /// Checks that nothing uses the storage, and keeps programs away while `body` runs.
    ///
    /// - Throws: ``BackupError``, `SystemError`, `StorageError`, and what `body` throws.
    package func withStorage<Value>(_ body: (Storage) throws -> Value) throws -> Value {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        guard isForced || Set(names).subtracting(["lost+found"]).isEmpty else {
            throw BackupError.inUse(
                "The storage \(directory) is not empty. Move its content away, or replace its store with --force."
            )
        }
        let storage = try Storage(at: directory, logs: logs)
        return try storage.withoutPrograms {
            let jobs = try storage.runningJobs()
            guard isForced || jobs.isEmpty else {
                throw BackupError.inUse(
                    "Jobs of the storage run, such as \(jobs[0]). Wait for their end, or use --force.")
            }
            return try body(storage)
        }
    }
}

extension Storage {
    /// Checks that neither a responder nor a broker uses the storage, and keeps them away while `body` runs.
    ///
    /// - Throws: ``BackupError``, `SystemError`, and what `body` throws.
    package func withoutPrograms<Value>(_ body: () throws -> Value) throws -> Value {
        let responders = try Descriptor(opening: responderLock, O_RDWR | O_CREAT)
        let brokers = try Descriptor(opening: runLock, O_RDWR | O_CREAT)
        let begun = Clock.boottimeMilliseconds()
        for (lock, program) in [(responders.number, "A responder"), (brokers.number, "A broker")] {
            // A broker that a supervisor has started ends within a moment.
            while isSettlerWatching, Clock.boottimeMilliseconds() - begun < BrokerWatch.settlerTimeout {
                usleep(20_000)
            }
            if system_try_ofd_lock(lock) == 0 { continue }
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", directory) }
            throw BackupError.inUse(
                "\(program) uses the storage \(directory). Stop remotisan.socket, remotisan.service and "
                    + "remotisan-broker.timer, or cron.")
        }
        // Without a beat, a restore that takes long does not count as a broker that is stalled.
        _ = try valueOrErrno("ftruncate", on: runLock) { ftruncate(brokers.number, 0) }
        return try body()
    }

    /// The jobs that have files here.
    package func jobsWithFiles() throws -> Set<JobUUID> {
        let names = [jobs, logs].flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
        return Set(names.compactMap { $0.split(separator: ".").first.flatMap { JobUUID(String($0)) } })
    }

    /// Whether files show that the command of a job has run, or is running.
    package func hasTrace(of uuid: JobUUID) -> Bool {
        let files = JobFiles(uuid, in: self)
        let paths: [String] = [files.exit, files.pid, files.log]
        return paths.contains(where: { access($0, F_OK) == 0 })
    }

    /// The path for a file of a backup; nil for a name that no backup has.
    package func path(ofBackedUp name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return ["remotisan_server_guid", "secret"].contains(name) ? "\(directory)/\(name)" : nil
        case 2:
            let file = parts[1].split(separator: ".", omittingEmptySubsequences: false)
            guard file.count == 2, JobUUID(String(file[0])) != nil else { return nil }
            switch (parts[0], file[1]) {
            case ("jobs", "exit"), ("jobs", "kill"): return "\(jobs)/\(parts[1])"
            case ("logs", "log"): return "\(logs)/\(parts[1])"
            default: return nil
            }
        default: return nil
        }
    }
}
