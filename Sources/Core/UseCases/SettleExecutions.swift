import Logging

/// Brings executions into line with the files of their jobs.
package struct SettleExecutions: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let launcher: Launcher?
    private let log: Logger

    /// - Parameter launcher: Starts a collector for output that has none; nil to start none.
    package init(store: any ExecutionStore, storage: Storage, launcher: Launcher? = nil, log: Logger) {
        self.store = store
        self.storage = storage
        self.launcher = launcher
        self.log = log
    }

    /// Settles an execution of this instance if it has ended.
    ///
    /// - Returns: Whether it is settled, by this call or before.
    /// - Throws: ``StoreError``, ``SystemError``.
    package func settle(_ uuid: JobUUID) throws -> Bool {
        guard let execution = try store.execution(uuid), execution.serverUUID == storage.serverUUID else {
            return false
        }
        guard execution.status == .running else { return execution.status.isEnded }
        _ = try settle([execution])
        return try store.execution(uuid)?.status.isEnded ?? true
    }

    /// Settles the executions that have ended. An execution whose files cannot be read is logged and skipped.
    ///
    /// - Returns: The executions that are still running.
    func settle(_ executions: [Execution]) throws -> [(execution: Execution, uuid: JobUUID)] {
        let named = executions.compactMap { execution in JobUUID(execution.jobUUID).map { (execution, $0) } }
        let states = JobInspector(storage: storage).states(of: named.map(\.1))
        var open: [(execution: Execution, uuid: JobUUID)] = []
        for (execution, uuid) in named {
            do {
                guard let state = try states[uuid]?.get(), try !settle(execution, uuid, in: state) else { continue }
                open.append((execution, uuid))
            } catch let error as SystemError {
                log.error("files of a job could not be read", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
        return open
    }

    /// Requeues an execution whose start was interrupted before the command ran, or cancels it if a kill was requested.
    /// The caller holds the lock, so that nothing starts it meanwhile.
    private func requeue(_ execution: Execution, files: JobFiles) throws -> Bool {
        let uuid = files.uuid
        let isDone =
            if let user = execution.intendedToKillBy {
                try store.settle(uuid, .cancelled(by: user, now: Clock.seconds()))
            } else {
                try store.requeue(uuid)
            }
        if isDone {
            files.removeLiveFiles()
            log.notice("interrupted start was undone", metadata: ["job": "\(uuid)"])
        }
        return isDone
    }

    private func settle(_ execution: Execution, _ uuid: JobUUID, in state: JobState) throws -> Bool {
        let files = JobFiles(uuid, in: storage)
        // The job blocks when its FIFO is full, so this does not wait.
        if case .unsupervised = state, let launcher, try files.isOutputAbandoned() {
            log.notice("output of a job is collected again", metadata: ["job": "\(uuid)"])
            try launcher.startCollector(of: files)
        }
        if execution.queuedAt != nil, state == .lost {
            // A queued job may have been requeued and restarted since its files were read. Take its lock and check
            // again before settling it.
            guard let lock = try files.tryLock() else { return false }
            if try files.isUnstarted(holding: lock) { return try requeue(execution, files: files) }
            guard try files.exitRecord() == nil, try JobProcesses(files, owner: storage.owner).living().isEmpty
            else { return false }
            return try settle(files, in: state)
        }
        return try settle(files, in: state)
    }

    private func settle(_ files: JobFiles, in state: JobState) throws -> Bool {
        let uuid = files.uuid
        let kill = try files.killRecord()
        // A kill ends when no process of the job is left, not when its first process has ended. The supervisor holds
        // the lock until then. If the supervisor was killed, too, we look for processes ourselves.
        if let kill, case .ended(let exit) = state, kill.precedes(exit) {
            guard try !files.isLocked(), try JobProcesses(files, owner: storage.owner).living().isEmpty
            else { return false }
        }
        guard
            let settlement = Settlement(
                of: state, kill: kill, logBytes: storage.logBytes(uuid), now: Clock.seconds())?.measured(by: files)
        else { return false }
        if try storage.retryingWithReserve({ try store.settle(uuid, settlement) }) {
            if settlement.ending.isLost {
                try? files.appendToLog("LOST: nothing recorded the end of this job, so its exit code is unknown.")
            }
            log.info("execution settled", metadata: ["job": "\(uuid)", "status": "\(settlement.status)"])
        }
        files.removeLiveFiles()
        return true
    }
}
