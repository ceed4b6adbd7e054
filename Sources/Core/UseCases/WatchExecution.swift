/// Shows a person how an execution stands and what it has written.
package struct WatchExecution: Sendable {
    private let permissions: Permissions
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let storage: Storage

    /// The use case on its collaborators.
    package init(catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore, storage: Storage) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        self.storage = storage
    }

    /// How an execution stands: the row, made newer by the files where they know more.
    package struct View: Sendable {
        /// The execution, settled already if its end is recorded.
        package let execution: Execution
        /// Its files.
        package let files: JobFiles
        /// How far a kill has come.
        package let kill: KillRecord?
        /// Whether it is this instance's, so that the files are here.
        package let isHere: Bool
        /// How many wait before it; nil: it does not wait.
        package var ahead: Int?

        /// Whether it runs no more.
        package var isEnded: Bool { execution.status.isEnded }
    }

    /// An execution that this person sees; nil for any other, whether it exists or not.
    ///
    /// The status is taken before the caller reads the log: when it says ended, the log is complete.
    ///
    /// - Throws: ``StoreError``, ``SystemError``.
    package func view(_ uuid: JobUUID, for person: Person) throws -> View? {
        guard var execution = try store.execution(uuid),
            permissions.maySee(execution, catalogue[execution.command], person)
        else { return nil }
        let files = JobFiles(uuid, in: storage)
        guard execution.serverUUID == storage.serverUUID else {
            return View(execution: execution, files: files, kill: nil, isHere: false)
        }
        if execution.status == .queued {
            let scope = catalogue[execution.command]?.options.limit?.scope ?? .instance
            let ahead = try store.countAhead(of: execution, over: scope, now: Clock.seconds())
            return View(execution: execution, files: files, kill: nil, isHere: true, ahead: ahead)
        }
        guard execution.status == .running else {
            let kill = execution.status == .killed ? try files.killRecord() : nil
            return View(execution: execution, files: files, kill: kill, isHere: true)
        }
        let kill = execution.intendedToKillBy == nil ? nil : try files.killRecord()
        // A kill is over when nothing of the job is left; the broker sees that, and writes it into the row.
        if let exit = try files.exitRecord(), !(kill?.precedes(exit) ?? false),
            let settlement = Settlement(of: .ended(exit), kill: kill, logBytes: nil, now: Clock.seconds())
        {
            execution.apply(settlement)
        }
        return View(execution: execution, files: files, kill: kill, isHere: true)
    }
}

extension Execution {
    /// Takes over what a settlement says.
    mutating func apply(_ settlement: Settlement) {
        status = settlement.status
        finishedAt = settlement.finishedAt
        killedBy = settlement.killedBy
        ending = settlement.ending
    }
}
