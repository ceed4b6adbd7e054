import Logging

/// Launches a job whose row says RUNNING and whose lock is held, and tells log and row where that fails.
struct LaunchExecution: Sendable {
    let store: any ExecutionStore
    let storage: Storage
    let launcher: Launcher
    let log: Logger

    /// Starts the command, or settles the row.
    ///
    /// - Throws: ``LaunchError`` if it does not run; ``SystemError``.
    func launch(_ uuid: JobUUID, _ command: Command, _ invocation: Invocation, lock: consuming Descriptor) throws {
        let files = JobFiles(uuid, in: storage)
        do {
            try launcher.start(uuid, command, invocation, lock: lock)
        } catch {
            guard !error.isCertain else {
                fail(uuid, files, error, holding: lock)
                throw error
            }
            // The files tell the truth: a supervisor that lives has the lock now, and will settle what it started.
            _ = consume lock
            guard try files.isLocked() || files.pidRecord() != nil else { throw error }
        }
    }

    /// Tells log and table why the job never ran. If the table cannot be told, the next broker pass finds it lost;
    /// the lock is held until then, so that none finds that before.
    private func fail(
        _ uuid: JobUUID, _ files: JobFiles, _ failure: LaunchError, holding lock: borrowing Descriptor
    ) {
        log.error("not started", metadata: ["job": "\(uuid)", "reason": "\(failure)"])
        do {
            try files.appendToLog(failure.description)
            _ = try store.settle(
                uuid,
                .notStarted(reason: failure.description, logBytes: storage.logBytes(uuid), now: Clock.seconds()))
            files.removeLiveFiles()
        } catch {
            log.error("could not keep a failed start", metadata: ["job": "\(uuid)", "error": "\(error)"])
        }
    }
}
