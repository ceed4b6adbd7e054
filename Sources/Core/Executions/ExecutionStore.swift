/// Stores executions and refused attempts.
///
/// All functions may be called from any thread. They block until the store has answered. Whatever they change is
/// recorded in the audit of the actor's instance, in the same transaction.
package protocol ExecutionStore: AuditStore {
    /// Stores a new execution as running or queued, if the limits permit. It is durable when this returns.
    ///
    /// Counting and storing are atomic. No execution overtakes another: if one is queued for the same command in the
    /// scope of the limit, the new one is queued, too. Executions that are queued on a gone instance
    /// (``RegisteredInstance/isGone(at:)`` at the time of the execution) do not count. Executions that are running
    /// there do.
    ///
    /// - Parameters:
    ///   - execution: The execution. Its time is that of the request. Its number and status are ignored.
    ///   - limit: nil if any number may run at once.
    ///   - key: The key of the request; nil if it has none. If a request of the last day has the same hash, nothing is
    ///     stored. Otherwise the key is stored with the execution. Of concurrent requests with one key, one is first.
    func insert(
        _ execution: Execution, limit: RunningLimit?, key: IdempotencyKey?, by actor: AuditActor
    ) throws(StoreError) -> Admission

    /// The request of the last day that had a key first; nil if there is none.
    ///
    /// A day is measured by the boot clock if the request was made within the same boot, so that a wall clock that
    /// jumps starts nothing twice.
    func firstRequest(_ key: IdempotencyKey) throws(StoreError) -> FirstRequest?

    /// The running and queued executions that were started with an API token, oldest first.
    func openExecutions(ofToken id: Int64) throws(StoreError) -> [Execution]

    /// The queued executions of an instance, oldest first.
    func queued(on server: String) throws(StoreError) -> [Execution]

    /// Number of executions that are queued before a queued one, without those on gone instances; 0 for any other
    /// execution.
    ///
    /// - Parameter now: Unix seconds.
    func countAhead(of execution: Execution, over scope: RunningLimit.Scope, now: Int64) throws(StoreError) -> Int

    /// Whether ``claim(_:limit:now:)`` would succeed for a queued execution. No other client has to wait for this
    /// check.
    func isNext(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool

    /// Makes a queued execution running, if the limit permits and no older execution is queued for the same command in
    /// the scope of the limit. Executions on gone instances do not count. Checking and changing are atomic.
    ///
    /// - Parameters:
    ///   - limit: nil if any number may run at once.
    ///   - now: The start time, in Unix seconds.
    /// - Returns: Whether this call made it running.
    func claim(_ uuid: JobUUID, limit: RunningLimit?, now: Int64, by actor: AuditActor) throws(StoreError) -> Bool

    /// Makes a running execution queued again, in its old place, unless a kill was requested.
    ///
    /// The caller knows that no part of the job has run. It holds the lock of the job, so that no process starts it
    /// meanwhile.
    ///
    /// - Returns: Whether this call made it queued.
    func requeue(_ uuid: JobUUID, by actor: AuditActor) throws(StoreError) -> Bool

    /// Ends a queued execution, so that it never starts. If it was killed, the killer is also recorded as the
    /// requester.
    ///
    /// - Returns: Whether this call ended it.
    func dequeue(_ uuid: JobUUID, _ settlement: Settlement, by actor: AuditActor) throws(StoreError) -> Bool

    /// Stores a refused attempt.
    func insert(_ refusal: Refusal, by actor: AuditActor) throws(StoreError)

    /// Refused attempts, newest first.
    func refusals(limit: Int) throws(StoreError) -> [Refusal]

    /// The execution of a job; nil if there is none.
    func execution(_ uuid: JobUUID) throws(StoreError) -> Execution?

    /// The jobs whose UUIDs begin with some digits, in the order of their UUIDs.
    ///
    /// - Parameter limit: Maximum number of jobs.
    func jobs(beginningWith prefix: JobUUIDPrefix, limit: Int) throws(StoreError) -> [JobUUID]

    /// A page of the history.
    func history(_ query: HistoryQuery) throws(StoreError) -> HistoryPage

    /// Some rows of the history, for a reader that takes all of them. Rows that change meanwhile may be missing, or occur
    /// twice, in an order by what changes.
    ///
    /// - Parameters:
    ///   - query: The query. Its page does not matter.
    ///   - place: The end of the rows before; nil for the first ones.
    ///   - now: Unix seconds, the same for all rows. Running executions end here in an order by duration.
    ///   - count: Maximum number of rows.
    func history(
        _ query: HistoryQuery, after place: HistoryPlace?, now: Int64, count: Int
    ) throws(StoreError) -> HistoryBatch

    /// Adds executions to the index of searches, if at least so many are missing there. A search finds them in any case.
    ///
    /// - Parameter milliseconds: Adds fewer, if that takes longer. Others cannot write meanwhile.
    /// - Returns: Whether at least so many are still missing.
    func indexSearch(atLeast count: Int, within milliseconds: Int64) throws(StoreError) -> Bool

    /// Whether searches have an index.
    func searchState() throws(StoreError) -> SearchState

    /// The users of the executions that a person may see, in order.
    func users(_ visibility: Visibility) throws(StoreError) -> [String]

    /// The number of executions by command and status.
    func counts() throws(StoreError) -> [ExecutionCount]

    /// The running executions of an instance, oldest first.
    func running(on server: String) throws(StoreError) -> [Execution]

    /// Records a kill request for a running execution, unless there is one already.
    ///
    /// - Parameters:
    ///   - requester: Who requests it.
    ///   - actor: The requester for the audit. Its token is stored with the request.
    /// - Returns: Whether this call recorded it.
    func requestKill(_ uuid: JobUUID, by requester: KillRequester, _ actor: AuditActor) throws(StoreError) -> Bool

    /// Records the ends of running executions, in as few transactions as the store can, because each waits for the
    /// disk.
    ///
    /// - Parameter settlements: In the order of the executions' numbers.
    /// - Returns: The jobs whose end this call recorded. If it throws, some ends may be recorded.
    func settle(
        _ settlements: [(uuid: JobUUID, settlement: Settlement)], by actor: AuditActor
    ) throws(StoreError) -> Set<JobUUID>

    /// Records a remark about a running execution, such as which processes could not be killed; nil removes it.
    func note(_ uuid: JobUUID, reason: String?) throws(StoreError)

    /// Removes the refused attempts before a time, in Unix seconds.
    ///
    /// - Parameter newest: The largest number that is removed.
    func removeRefusals(before time: Int64, upTo newest: Int64, by actor: AuditActor) throws(StoreError)

    /// Removes executions of an instance that ended before a time, oldest first.
    ///
    /// - Parameter newest: The largest number (`id`) that is removed.
    /// - Returns: The UUIDs of their jobs.
    func removeExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64, limit: Int, by actor: AuditActor
    ) throws(StoreError) -> [String]

    /// The executions that ``removeExecutions(on:endedBefore:upTo:limit:by:)`` would remove, in the order of their
    /// numbers.
    ///
    /// - Parameter id: Only executions with a larger number.
    func removableExecutions(
        on server: String, endedBefore time: Int64, upTo newest: Int64, after id: Int64, limit: Int
    ) throws(StoreError) -> [RemovableExecution]

    /// The number of refused attempts that ``removeRefusals(before:upTo:by:)`` would remove.
    func countRefusals(before time: Int64, upTo newest: Int64) throws(StoreError) -> Int

    /// The largest numbers of executions and refused attempts.
    func newestRowNumbers() throws(StoreError) -> NewestRowNumbers

    /// A word that changes when the store may have lost executions that it had before: its server failed over to a
    /// standby, or its tables were restored. Nil if the store has no such word.
    func lineage() throws(StoreError) -> String?

    /// Forgets the idempotency key of an execution, so that a repeated request starts a new one.
    func releaseKey(of uuid: JobUUID) throws(StoreError)

    /// The jobs of a list that have no execution in the store.
    func missing(_ uuids: [JobUUID]) throws(StoreError) -> [JobUUID]

    /// Stores an execution that the store has lost, as running. A broker settles it by the files of its job.
    ///
    /// - Returns: Whether this call stored it. If there is an execution of the job, nothing changes.
    func adopt(_ execution: Execution, by actor: AuditActor) throws(StoreError) -> Bool

    /// Checks that the store can be read and written: that it still stands at its place, is not read-only, and has the
    /// tables of this version.
    ///
    /// - Throws: ``StoreError/unusable(_:_:)`` if it needs an administrator.
    func verify() throws(StoreError)

    /// When the whole store was last searched for damage, in Unix seconds; nil if no damage is known.
    var damageCheckedAt: Int64? { get }

    /// A number that changes with every change of the store by anyone, for the thread that asks; nil if the store has
    /// none that is cheap to read.
    var changeCounter: Int64? { get }

    /// Whether only a new process can go on: other files stand at the place of the store than those that it has open,
    /// or it has a file open for reading only that can be written by now. It asks no server.
    ///
    /// Connections of one process to the same database share what they know about the files beside it.
    var mustBeReopened: Bool { get }

    /// Saves changes that are only in a removed file of the store, as far as possible.
    ///
    /// - Returns: Whether a new process can probably open the store.
    func prepareToReopen() -> Bool
}

/// The largest numbers (`id`) of rows. Later rows have larger ones. 0 if there are no rows.
package struct NewestRowNumbers: Sendable, Equatable {
    package let executions: Int64
    package let refusals: Int64

    package init(executions: Int64, refusals: Int64) {
        self.executions = executions
        self.refusals = refusals
    }
}

extension ExecutionStore {
    /// Adds executions to the index of searches, however long that takes.
    package func indexSearch(atLeast count: Int) throws(StoreError) -> Bool {
        try indexSearch(atLeast: count, within: .max)
    }

    /// Records the end of a running execution.
    ///
    /// - Returns: Whether this call recorded it.
    package func settle(
        _ uuid: JobUUID, _ settlement: Settlement, by actor: AuditActor
    ) throws(StoreError) -> Bool {
        try settle([(uuid: uuid, settlement: settlement)], by: actor).contains(uuid)
    }
}

/// An execution that is old enough to be removed.
package struct RemovableExecution: Sendable, Equatable {
    /// Number of the row.
    package let id: Int64
    /// UUID of the job, as the row has it.
    package let jobUUID: String

    package init(id: Int64, jobUUID: String) {
        self.id = id
        self.jobUUID = jobUUID
    }
}

/// The decision about a new execution.
package enum Admission: Sendable, Equatable {
    /// It was stored as running and may be started.
    case running(id: Int64)
    /// It was stored as queued. `ahead` executions of the same command are before it.
    case queued(id: Int64, ahead: Int)
    /// It was not stored, because the limits of running and queued executions are reached.
    case full
    /// It was not stored, because another request had the same idempotency key before.
    case repeated(FirstRequest)
}

/// Whether searches for texts and parts of UUIDs have an index.
package enum SearchState: Sendable, Equatable {
    /// There is an index. Searches read the executions that it lacks one by one.
    case indexed(missing: Int)
    /// There is none, so searches read all executions. The reason is a sentence without its full stop.
    case unindexed(String)
}

/// The number of executions of a command with a status.
package struct ExecutionCount: Sendable, Equatable {
    package let command: String
    package let status: Status
    package let count: Int

    package init(command: String, status: Status, count: Int) {
        self.command = command
        self.status = status
        self.count = count
    }
}
