import Logging

/// Brings a store that another tool has restored into line with the files of the jobs of an instance.
///
/// A dump still has queued executions that have run, or were cancelled, since. It lacks the executions that are newer.
package struct ReconcileStore {
    private let store: any ExecutionStore
    private let storage: Storage
    private let keepsQueued: Bool
    private let actor: AuditActor
    private let log: Logger

    /// - Parameters:
    ///   - keepsQueued: Whether executions that are queued in the store stay queued.
    ///   - actor: Who reconciles, for the audit.
    package init(
        store: any ExecutionStore, storage: Storage, keepsQueued: Bool, by actor: AuditActor, log: Logger
    ) {
        self.store = store
        self.actor = actor
        self.storage = storage
        self.keepsQueued = keepsQueued
        self.log = log
    }

    /// What was changed.
    package struct Outcome: Sendable, Equatable {
        /// Executions that the store lacked.
        package var adopted = 0
        /// Queued executions that have run. The broker settles them by their files.
        package var ran = 0
        /// Queued executions that were ended without a start.
        package var cancelled = 0
        /// Queued executions of other instances. Only their own storages show whether they have run.
        package var foreign = 0
    }

    /// Reconciles. Doing it twice is the same as once.
    ///
    /// - Throws: ``BackupError`` if a responder or a broker uses the storage. ``StoreError``, ``SystemError``.
    package func reconcile() throws -> Outcome {
        try storage.withoutPrograms {
            var outcome = Outcome()
            for execution in try store.queued(on: storage.serverUUID) {
                guard let uuid = JobUUID(execution.jobUUID) else { continue }
                if storage.hasTrace(of: uuid) {
                    let startedAt = (try? JobFiles(uuid, in: storage).startRecord()?.executedAt) ?? nil
                    if try store.claim(uuid, limit: nil, now: startedAt ?? execution.executedAt, by: actor) {
                        outcome.ran += 1
                    }
                } else if !keepsQueued, try store.dequeue(uuid, end, by: actor) {
                    outcome.cancelled += 1
                }
            }
            outcome.adopted = try AdoptExecutions(store: store, storage: storage, log: log).adopt(all: true)
            let queued = try store.counts().filter { $0.status == .queued }.reduce(0) { $0 + $1.count }
            outcome.foreign = queued - (try store.queued(on: storage.serverUUID).count)
            return outcome
        }
    }

    private var end: Settlement {
        .notStarted(
            reason: "never started: the store was restored from a backup", logBytes: nil, now: Clock.seconds())
    }
}
