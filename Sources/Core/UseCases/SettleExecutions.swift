import Logging

/// Brings rows into line with the truth of the files.
package struct SettleExecutions: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let log: Logger

    /// The use case on its collaborators.
    package init(store: any ExecutionStore, storage: Storage, log: Logger) {
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Settles one execution of this instance if it has ended.
    ///
    /// - Returns: Whether the row is settled now, by this call or before.
    /// - Throws: ``StoreError``, ``SystemError``.
    package func settle(_ uuid: JobUUID) throws -> Bool {
        guard let execution = try store.execution(uuid), execution.serverUUID == storage.serverUUID else {
            return false
        }
        guard execution.status == .running else { return execution.status.isEnded }
        _ = try settle([execution])
        return try store.execution(uuid)?.status.isEnded ?? true
    }

    /// Settles those of these executions that have ended. One whose files cannot be read keeps none of the others
    /// waiting: it is told of in the log, and looked at again next time.
    ///
    /// - Returns: Those that still run.
    func settle(_ executions: [Execution]) throws -> [(execution: Execution, uuid: JobUUID)] {
        let named = executions.compactMap { execution in JobUUID(execution.jobUUID).map { (execution, $0) } }
        let states = JobInspector(storage: storage).states(of: named.map(\.1))
        var open: [(execution: Execution, uuid: JobUUID)] = []
        for (execution, uuid) in named {
            do {
                guard let state = try states[uuid]?.get(), try !settle(execution, uuid, state) else { continue }
                open.append((execution, uuid))
            } catch let error as SystemError {
                log.error("a job could not be looked at", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
        return open
    }

    /// Its start died before the command ran: it waits again, in its old place, or is cancelled if somebody wants that.
    /// The caller holds the lock, so nobody starts it meanwhile.
    private func requeue(_ execution: Execution, _ uuid: JobUUID, _ files: JobFiles) throws -> Bool {
        let isDone =
            if let user = execution.intendedToKillBy {
                try store.settle(uuid, .cancelled(by: user, now: Clock.seconds()))
            } else {
                try store.requeue(uuid)
            }
        if isDone {
            files.removeLiveFiles()
            log.notice("its start died before it ran", metadata: ["job": "\(uuid)"])
        }
        return isDone
    }

    private func settle(_ execution: Execution, _ uuid: JobUUID, _ state: JobState) throws -> Bool {
        let files = JobFiles(uuid, in: storage)
        if execution.queuedAt != nil, state == .lost {
            // What has waited may have been given back and started anew since we looked: its end is told by who holds
            // its lock and finds it as it was.
            guard let lock = try files.tryLock() else { return false }
            if try files.areOfUnstarted(lock) { return try requeue(execution, uuid, files) }
            guard try files.exitRecord() == nil, try JobProcesses(files, owner: storage.owner).living().isEmpty
            else { return false }
            return try settle(uuid, files, state)
        }
        return try settle(uuid, files, state)
    }

    private func settle(_ uuid: JobUUID, _ files: JobFiles, _ state: JobState) throws -> Bool {
        let kill = try files.killRecord()
        // A kill is over when nothing of the job is left, not when its first process is gone. The supervisor stays and
        // holds the lock until then; where somebody killed it, too, we look ourselves.
        if let kill, case .ended(let exit) = state, kill.precedes(exit) {
            guard try !files.isLocked(), try JobProcesses(files, owner: storage.owner).living().isEmpty
            else { return false }
        }
        guard
            let settlement = Settlement(
                of: state, kill: kill, logBytes: storage.logBytes(uuid), now: Clock.seconds())
        else { return false }
        if try storage.retryingWithReserve({ try store.settle(uuid, settlement) }) {
            if settlement.ending.isLost {
                try? files.appendToLog("LOST: nobody saw the end of this job; its exit code is not known.")
            }
            log.info("settled", metadata: ["job": "\(uuid)", "status": "\(settlement.status)"])
        }
        files.removeLiveFiles()
        return true
    }
}
