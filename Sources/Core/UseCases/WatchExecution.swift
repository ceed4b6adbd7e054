/// Shows a person an execution and its log.
package struct WatchExecution: Sendable {
    private let permissions: Permissions
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let storage: Storage
    private let reads: LogReads?
    private let recent = RecentRows()
    /// The kill plan of commands that are not on the allow-list any more.
    private let plan: KillPlan

    /// - Parameters:
    ///   - plan: The kill plan of the instance.
    ///   - reads: Records who reads the logs of others; nil to record nothing.
    package init(
        catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore, storage: Storage,
        plan: KillPlan = KillPlan(), reads: LogReads? = nil
    ) {
        self.reads = reads
        self.plan = plan
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        self.storage = storage
    }

    /// The state of an execution: its row, updated from the files of the job.
    package struct View: Sendable {
        /// The execution. It is settled if the files record its end.
        package let execution: Execution
        package let files: JobFiles
        /// The encoding in which the log is read: what the configuration says now, so that a corrected key corrects
        /// earlier logs, too.
        package let encoding: LogEncoding
        /// The progress of a kill; nil if there is none.
        package let kill: KillRecord?
        /// The next signal of the kill, and when it is due in Unix milliseconds; nil if none is.
        package var nextSignal: KillRecord.Step?
        /// Whether it belongs to this instance, which has its files.
        package let isHere: Bool
        /// Number of executions that are queued before it; nil if it is not queued.
        package var ahead: Int?

        package var isEnded: Bool { execution.status.isEnded }
    }

    /// The execution of a job; nil if it does not exist or the person may not see it.
    ///
    /// The status is read before the caller reads the log. If it is final, the log is complete.
    ///
    /// - Throws: ``StoreError``, ``SystemError``.
    package func view(_ uuid: JobUUID, for person: Person) throws -> View? {
        let files = JobFiles(uuid, in: storage)
        guard let row = try row(of: files) else { return nil }
        var execution = row.execution
        let command = catalogue[execution.command]
        guard permissions.maySee(execution, of: command, by: person) else { return nil }
        let encoding = command?.options.encoding ?? .utf8
        guard execution.serverUUID == storage.serverUUID else {
            return View(execution: execution, files: files, encoding: encoding, kill: nil, isHere: false)
        }
        if execution.status == .queued {
            let scope = command?.options.limit?.scope ?? .instance
            let ahead = try store.countAhead(of: execution, over: scope, now: Clock.seconds())
            return View(execution: execution, files: files, encoding: encoding, kill: nil, isHere: true, ahead: ahead)
        }
        if !permissions.isOwner(execution.userIdentifier, person) { reads?.note(execution, by: person) }
        guard execution.status == .running else {
            var kill = execution.status == .killed ? try files.killRecord() : nil
            // None of them was left when the execution was settled.
            kill?.survivors = []
            return View(execution: execution, files: files, encoding: encoding, kill: kill, isHere: true)
        }
        if row.hasNoRecords {
            return View(execution: execution, files: files, encoding: encoding, kill: nil, isHere: true)
        }
        let kill = execution.intendedToKillBy == nil ? nil : try files.killRecord()
        // A kill ends when no process of the job is left. The broker checks that and settles the execution.
        if let exit = try files.exitRecord(), !(kill?.precedes(exit) ?? false),
            let settlement = Settlement(of: .ended(exit), kill: kill, logBytes: nil, now: Clock.seconds())
        {
            execution.apply(settlement)
        }
        let next = execution.status.isEnded ? nil : kill.flatMap { (command?.options.kill ?? plan).next(after: $0) }
        return View(
            execution: execution, files: files, encoding: encoding, kill: kill, nextSignal: next, isHere: true)
    }

    /// The row of an execution. While the files of a running job record neither its end nor a kill, the row of a moment
    /// ago is as good.
    private func row(of files: JobFiles) throws -> (execution: Execution, hasNoRecords: Bool)? {
        let now = Clock.boottimeMilliseconds()
        if let execution = recent.row(files.uuid, now), !files.hasEndOrKill { return (execution, hasNoRecords: true) }
        guard let execution = try store.execution(files.uuid) else { return nil }
        if execution.status == .running, execution.intendedToKillBy == nil,
            execution.serverUUID == storage.serverUUID
        {
            recent.keep(execution, of: files.uuid, now)
        }
        return (execution, hasNoRecords: false)
    }
}

extension Execution {
    /// Applies a settlement.
    mutating func apply(_ settlement: Settlement) {
        status = settlement.status
        finishedAt = settlement.finishedAt(startedAt: executedAt)
        killedBy = settlement.killedBy
        ending = settlement.ending
    }
}
