import Glibc
import Logging

/// Brings executions into line with the files of their jobs.
package struct SettleExecutions: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let launcher: Launcher?
    private let log: Logger
    /// Maximum number of jobs whose supervisors a pass continues if they are stopped. Of more jobs, each pass checks a
    /// part that begins anywhere. A stopped supervisor is rare, and holds up only the end of its own job.
    private static let supervisorsMax = 1000

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
        var found = try store.execution(uuid)
        if found == nil, try AdoptExecutions(store: store, storage: storage, log: log).adopt(uuid) {
            found = try store.execution(uuid)
        }
        guard let execution = found, execution.serverUUID == storage.serverUUID else { return false }
        guard execution.status == .running else { return execution.status.isEnded }
        _ = try settle([execution].compactMap(RunningExecution.init))
        return try store.execution(uuid)?.status.isEnded ?? true
    }

    /// Settles the executions that have ended. An execution whose files cannot be read is logged and skipped.
    ///
    /// All of them are recorded in one transaction, because each transaction waits for the disk.
    ///
    /// - Parameters:
    ///   - reader: Reads the processes, at most once.
    ///   - seen: Processes of jobs that are being killed; nil if none is known.
    /// - Returns: The executions that are still running.
    func settle(
        _ executions: [RunningExecution], reader: ProcessReader = ProcessReader(), _ seen: ActiveKills.Seen? = nil
    ) throws -> [RunningExecution] {
        let inspector = JobInspector(storage: storage)
        let unread = ProcessSnapshot(reader, owner: storage.owner)
        let isSeen = { (uuid: JobUUID) in seen?.uuids.contains(uuid) ?? false }
        let killed = executions.map(\.uuid).filter(isSeen)
        let others = executions.map(\.uuid).filter { !isSeen($0) }
        let states = inspector.states(of: others, in: unread)
            .merging(inspector.states(of: killed, in: seen?.snapshot)) { $1 }
        var open: [RunningExecution] = []
        var ended: [(files: JobFiles, settlement: Settlement)] = []
        let first = Int.random(in: 0..<max(1, executions.count))
        let isChecked = { (index: Int) in
            (index - first + executions.count) % executions.count < Self.supervisorsMax
        }
        for (index, job) in executions.enumerated() {
            let (execution, uuid) = (job.execution, job.uuid)
            let files = JobFiles(uuid, in: storage)
            let snapshot = (isSeen(uuid) ? seen?.snapshot : nil) ?? unread
            do {
                guard let state = try states[uuid]?.get() else { continue }
                switch state {
                case .unsupervised: try collectAgain(files)
                case .lost: try collectRest(files)
                default: break
                }
                if execution.queuedAt != nil, state == .lost {
                    guard try !settleFormerlyQueued(execution, files, in: snapshot) else { continue }
                } else if let settlement = try settlement(of: files, in: state, snapshot) {
                    ended.append((files, settlement))
                    continue
                }
                if isChecked(index) { try files.resumeSupervisor(in: snapshot) }
                open.append(job)
            } catch let error as SystemError {
                log.error("files of a job could not be read", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
        try record(ended)
        return open
    }

    private var actor: AuditActor { AuditActor(.broker, of: storage) }

    /// Requeues an execution whose start was interrupted before the command ran, or cancels it if a kill was requested.
    /// The caller holds the lock, so that nothing starts it meanwhile.
    private func requeue(_ execution: Execution, files: JobFiles) throws -> Bool {
        let uuid = files.uuid
        // A log would mean that the command has run.
        for path in [files.output, files.maskedOutput, files.log, files.times] { unlink(path) }
        let isDone =
            if let user = execution.intendedToKillBy {
                try store.settle(uuid, .cancelled(by: user, now: Clock.seconds()), by: actor)
            } else {
                try store.requeue(uuid, by: actor)
            }
        if isDone {
            files.removeUnstarted()
            log.notice("interrupted start was undone", metadata: ["job": "\(uuid)"])
        }
        return isDone
    }

    /// Starts a collector if supervisor and collector were ended. The job blocks when its FIFO is full, so this does
    /// not wait.
    private func collectAgain(_ files: JobFiles) throws(SystemError) {
        guard let launcher, try files.isOutputAbandoned() else { return }
        log.notice("output of a job is collected again", metadata: ["job": "\(files.uuid)"])
        try launcher.startCollector(of: files)
    }

    /// Collects what a lost job has left in its FIFO, which this broker may hold.
    private func collectRest(_ files: JobFiles) throws(SystemError) {
        // The FIFO of an earlier boot is empty.
        guard files.openOutput?.isMasked == false, try files.pidRecord()?.bootID == BootID.current else { return }
        try files.awaitEndOfOutput { () throws(SystemError) in try collectAgain(files) }
    }

    /// Settles or requeues a formerly queued execution that seems to be lost.
    ///
    /// It may have been requeued and restarted since its files were read. Take its lock and check again before settling
    /// it.
    ///
    /// - Returns: false if it may be running.
    private func settleFormerlyQueued(
        _ execution: Execution, _ files: JobFiles, in snapshot: ProcessSnapshot
    ) throws -> Bool {
        guard let lock = try files.tryLock() else { return false }
        if try files.isUnstarted(holding: lock) { return try requeue(execution, files: files) }
        let now = ProcessSnapshot(owner: storage.owner)
        guard try files.writtenExitRecord() == nil, try JobProcesses(files).living(in: now).isEmpty,
            let settlement = try settlement(of: files, in: .lost, snapshot)
        else { return false }
        try record([(files, settlement)])
        return true
    }

    /// The settlement of a job; nil if it has not ended.
    private func settlement(
        of files: JobFiles, in state: JobState, _ snapshot: ProcessSnapshot
    ) throws(SystemError) -> Settlement? {
        switch state {
        case .running, .unsupervised: return nil
        case .ended, .lost: break
        }
        let kill = try files.killRecord()
        // The result of the program of kill.run belongs to the end, unless its broker has died.
        if let kill, kill.isProgramRunning, try files.isBeingKilled() { return nil }
        if case .ended(let exit) = state {
            if let kill, kill.precedes(exit) {
                // A kill ends when no process of the job is left, not when its first process has ended. The supervisor
                // holds the lock until then. If the supervisor was killed, too, we look for processes ourselves.
                guard try !files.isLocked(), try JobProcesses(files).living(in: snapshot).isEmpty else { return nil }
            } else if exit.isEndingRemaining, try files.isLocked() {
                // The supervisor ends the processes that the command left. It takes at most a grace.
                return nil
            }
        }
        return Settlement(of: state, kill: kill, logBytes: storage.logBytes(files.uuid), now: Clock.seconds())?
            .measured(by: files).recalling(kill)
    }

    private func record(_ ended: [(files: JobFiles, settlement: Settlement)]) throws(StoreError) {
        guard !ended.isEmpty else { return }
        let settlements = ended.map { (uuid: $0.files.uuid, settlement: $0.settlement) }
        let recorded = try storage.retryingWithReserve { () throws(StoreError) in
            try store.settle(settlements, by: actor)
        }
        for (files, settlement) in ended {
            if recorded.contains(files.uuid) {
                if settlement.ending.isLost {
                    try? files.appendToLog("LOST: nothing recorded the end of this job, so its exit code is unknown.")
                }
                log.info(
                    "execution settled", metadata: ["job": "\(files.uuid)", "status": "\(settlement.status)"])
            }
            // Without an exit record, a store that loses this execution cannot have it back.
            if settlement.ending.isLost { files.removeUnstarted() } else { files.removeLiveFiles() }
        }
    }
}
