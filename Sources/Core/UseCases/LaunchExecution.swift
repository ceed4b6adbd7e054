import Logging

/// Launches the job of a running execution whose lock is held. It settles the execution if the launch fails.
struct LaunchExecution: Sendable {
    let store: any ExecutionStore
    let storage: Storage
    let launcher: Launcher
    /// The program that launches, for the audit.
    let means: AuditMeans
    let log: Logger

    /// Launches a job.
    ///
    /// - Throws: ``LaunchError`` if the command does not run; ``SystemError``.
    func launch(_ uuid: JobUUID, _ command: Command, with invocation: Invocation, lock: consuming Descriptor) throws {
        let files = JobFiles(uuid, in: storage)
        do {
            try launcher.start(uuid, command, with: invocation, lock: lock)
        } catch {
            guard !error.isCertain else {
                recordFailure(error, of: uuid, command: command, files: files, holding: lock)
                throw error
            }
            // The files are authoritative. A living supervisor holds the lock now, and settles the execution. If the
            // lock is free, the job may have ended already, and an exit record remains even after the settlement.
            _ = consume lock
            guard (try? files.isLocked() || files.hasRun()) ?? true else { throw error }
            log.warning("the report of a start is missing", metadata: ["job": "\(uuid)", "reason": "\(error)"])
        }
    }

    /// Records in the log and the store why the job never ran. If the store fails, the next broker pass finds the job
    /// lost. The lock is held until then, so that no pass finds it before.
    private func recordFailure(
        _ failure: LaunchError, of uuid: JobUUID, command: Command, files: JobFiles,
        holding lock: borrowing Descriptor
    ) {
        log.error("execution could not be started", metadata: ["job": "\(uuid)", "reason": "\(failure)"])
        do {
            try files.appendToLog(failure.description, in: command.options.encoding)
            _ = try store.settle(
                uuid,
                .notStarted(reason: failure.description, logBytes: storage.logBytes(uuid), now: Clock.seconds()),
                by: AuditActor(means, of: storage))
            files.removeUnstarted()
        } catch {
            log.error("failed start could not be recorded", metadata: ["job": "\(uuid)", "error": "\(error)"])
        }
    }
}
