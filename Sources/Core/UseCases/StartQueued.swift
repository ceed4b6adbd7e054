import Logging

/// Starts what waits on this instance, oldest first, as far as there is room.
package struct StartQueued: Sendable {
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let storage: Storage
    private let launching: LaunchExecution
    private let log: Logger

    /// The use case on its collaborators.
    package init(
        catalogue: Catalogue, store: any ExecutionStore, storage: Storage, launcher: Launcher, log: Logger
    ) {
        self.catalogue = catalogue
        self.store = store
        self.storage = storage
        self.log = log
        launching = LaunchExecution(store: store, storage: storage, launcher: launcher, log: log)
    }

    /// Starts them. One that cannot be started is told of in its row or in our log, and keeps none of another command
    /// waiting.
    package func start() throws(StoreError) {
        var full: Set<String> = []
        for execution in try store.queued(on: storage.serverUUID) where !full.contains(execution.command) {
            guard let uuid = JobUUID(execution.jobUUID) else { continue }
            do {
                if try !start(execution, uuid) { full.insert(execution.command) }
            } catch let error as StoreError {
                throw error
            } catch {
                log.error("one that waited was not started", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
    }

    /// - Returns: Whether the next one of this command may be looked at.
    private func start(_ execution: Execution, _ uuid: JobUUID) throws -> Bool {
        let catalogue = catalogue.current
        guard let command = catalogue[execution.command] else {
            // A console that was never asked may list it yet.
            if catalogue.consoles.contains(where: { $0.listedAt == nil }) { return false }
            try cancel(uuid, "never started: the command is not allowed any more")
            return true
        }
        // What a program has not said, nor anybody kept, says nothing about what was chosen.
        guard !command.definition.isAwaitingChoices else { return false }
        let invocation: Invocation
        do {
            invocation = try InvocationBuilder(command).invocation(.line(execution.parameters))
        } catch {
            try cancel(uuid, "never started: the command does not take these parameters any more: \(error)")
            return true
        }
        // Looked at often while there is no room: no file is made and removed each time. The claim decides.
        guard try store.isNext(uuid, limit: command.options.limit, now: Clock.seconds()) else { return false }
        // The lock comes first: a row that says RUNNING without it would be called lost. Who else has it starts the job.
        let files = JobFiles(uuid, in: storage)
        guard let lock = try files.takeLockToStart() else { return false }
        guard try store.claim(uuid, limit: command.options.limit, now: Clock.seconds()) else {
            files.removeLiveFiles()
            return false
        }
        try launching.launch(uuid, command, invocation, lock: lock)
        log.info("started after it waited", metadata: ["job": "\(uuid)", "command": "\(execution.command)"])
        return true
    }

    private func cancel(_ uuid: JobUUID, _ reason: String) throws {
        guard try store.dequeue(uuid, .notStarted(reason: reason, logBytes: nil, now: Clock.seconds())) else { return }
        log.notice("called off", metadata: ["job": "\(uuid)", "reason": "\(reason.sanitized)"])
    }
}
