import Logging

/// Starts the queued executions of an instance, oldest first, as far as their limits permit.
package struct StartQueued: Sendable {
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let storage: Storage
    private let launching: LaunchExecution
    private let log: Logger

    package init(
        catalogue: Catalogue, store: any ExecutionStore, storage: Storage, launcher: Launcher, log: Logger
    ) {
        self.catalogue = catalogue
        self.store = store
        self.storage = storage
        self.log = log
        launching = LaunchExecution(store: store, storage: storage, launcher: launcher, means: .broker, log: log)
    }

    private var actor: AuditActor { AuditActor(.broker, of: storage) }

    /// Starts them. An execution that cannot be started does not delay those of other commands.
    package func start() throws(StoreError) {
        var full: Set<String> = []
        for execution in try store.queued(on: storage.serverUUID) where !full.contains(execution.command) {
            guard let uuid = JobUUID(execution.jobUUID) else { continue }
            do {
                if try !start(execution, uuid) { full.insert(execution.command) }
            } catch let error as StoreError {
                throw error
            } catch {
                log.error("queued execution could not be started", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
    }

    /// - Returns: Whether the next execution of the command may be started.
    private func start(_ execution: Execution, _ uuid: JobUUID) throws -> Bool {
        let files = JobFiles(uuid, in: storage)
        if try cancelIfRefused(files) { return true }
        let catalogue = catalogue.current
        guard let command = catalogue[execution.command] else {
            // A console that never ran may list it later.
            if catalogue.consoles.contains(where: { $0.listedAt == nil }) { return false }
            try cancel(uuid, "never started: the command is not on the allow-list any more")
            return true
        }
        // The choices cannot be checked until the program has run.
        guard !command.definition.isAwaitingChoices else { return false }
        let invocation: Invocation
        do {
            invocation = try InvocationBuilder(command).build(from: .line(execution.parameters))
        } catch {
            try cancel(uuid, "never started: the parameters are not valid any more: \(error)")
            return true
        }
        // Checked before the lock, because otherwise each pass would create and remove files. The claim decides.
        guard try store.isNext(uuid, limit: command.options.limit, now: Clock.seconds()) else { return false }
        // The lock comes first, because a running execution without it counts as lost. Another holder starts the job.
        guard let lock = try files.takeLockToStart() else { return false }
        // Asked again, because a start is refused by the holder of the lock.
        if try cancelIfRefused(files) {
            files.removeUnstarted()
            return true
        }
        if try files.hasRun() { return try adopt(files, holding: lock) }
        let now = Clock.seconds()
        try files.writeStartRecord(of: execution, executedAt: now)
        guard try store.claim(uuid, limit: command.options.limit, now: now, by: actor) else {
            files.removeUnstarted()
            return false
        }
        try launching.launch(uuid, command, with: invocation, lock: lock)
        log.info("queued execution started", metadata: ["job": "\(uuid)", "command": "\(execution.command)"])
        return true
    }

    /// Makes a queued execution running whose job has run already, so that a broker settles it by its files. The store
    /// was restored from an older backup then.
    private func adopt(_ files: JobFiles, holding lock: consuming Descriptor) throws -> Bool {
        let uuid = files.uuid
        try files.withdrawStart(lock)
        let isClaimed = try store.claim(uuid, limit: nil, now: Clock.seconds(), by: actor)
        _ = consume lock
        if isClaimed { log.warning("a queued execution has run before", metadata: ["job": "\(uuid)"]) }
        return true
    }

    /// Cancels an execution whose start was answered with an error.
    private func cancelIfRefused(_ files: JobFiles) throws -> Bool {
        guard files.isStartRefused else { return false }
        try cancel(files.uuid, "never started: the store did not answer in time, so the start was refused")
        files.forgetRefusal()
        return true
    }

    private func cancel(_ uuid: JobUUID, _ reason: String) throws {
        let end = Settlement.notStarted(reason: reason, logBytes: nil, now: Clock.seconds())
        guard try store.dequeue(uuid, end, by: actor) else { return }
        log.notice("queued execution cancelled", metadata: ["job": "\(uuid)", "reason": "\(reason.sanitized)"])
    }
}
