/// The audit: every execution, and every attempt at one.
///
/// All functions may be called from any thread, and block until the store has answered.
package protocol ExecutionStore: Sendable {
    /// Keeps a new execution, durably before it returns, if there is room for it: as a running one, or as one that waits.
    ///
    /// Counting and keeping are one. Nobody overtakes: where one waits for the same command in the limit's scope, the
    /// newcomer waits, too. What waits on an instance that is gone (``RegisteredInstance/isGone(at:)`` at the
    /// execution's time) stands in nobody's way; what the table says is running there still counts.
    ///
    /// - Parameters:
    ///   - execution: Its time is that of the asking; its number and status are not looked at.
    ///   - limit: nil: any number may run, and it is kept as running.
    func insert(_ execution: Execution, limit: RunningLimit?) throws(StoreError) -> Admission

    /// All executions of an instance that wait, oldest first.
    func queued(on server: String) throws(StoreError) -> [Execution]

    /// How many wait before one that waits, on instances that are not gone; 0 for any other.
    ///
    /// - Parameter now: Unix seconds.
    func countAhead(of execution: Execution, over scope: RunningLimit.Scope, now: Int64) throws(StoreError) -> Int

    /// Whether ``claim(_:limit:now:)`` would find room for one that waits, and its turn; a look that keeps nobody waiting.
    func isNext(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool

    /// Turns one that waits into a running one, if there is room and none that waits for the same command in the
    /// limit's scope is older, those on instances that are gone left aside. Looking and changing are one.
    ///
    /// - Parameters:
    ///   - limit: nil: any number may run, whoever waits.
    ///   - now: Unix seconds; the time of its start.
    /// - Returns: Whether this call did it.
    func claim(_ uuid: JobUUID, limit: RunningLimit?, now: Int64) throws(StoreError) -> Bool

    /// Turns a running one that has waited back into a waiting one, in its old place; not if somebody wants it dead.
    ///
    /// Only for who knows that nothing of it has run, and holds its lock, so that nobody starts it meanwhile.
    ///
    /// - Returns: Whether this call did it.
    func requeue(_ uuid: JobUUID) throws(StoreError) -> Bool

    /// Ends one that waits, so that it never starts; only while it waits. Whoever killed it had asked for it, too.
    ///
    /// - Returns: Whether this call did it.
    func dequeue(_ uuid: JobUUID, _ settlement: Settlement) throws(StoreError) -> Bool

    /// Keeps a refused attempt.
    func insert(_ refusal: Refusal) throws(StoreError)

    /// Refused attempts, newest first.
    func refusals(limit: Int) throws(StoreError) -> [Refusal]

    /// One execution.
    func execution(_ uuid: JobUUID) throws(StoreError) -> Execution?

    /// A page of the history.
    func history(_ query: HistoryQuery) throws(StoreError) -> HistoryPage

    /// The users that occur in what somebody may see, in order.
    func users(_ visibility: Visibility) throws(StoreError) -> [String]

    /// How many executions there are of each command and status.
    func counts() throws(StoreError) -> [ExecutionCount]

    /// All executions of an instance that the table says are running, oldest first.
    func running(on server: String) throws(StoreError) -> [Execution]

    /// Writes down who wants an execution dead; only while it runs and nobody else has asked.
    ///
    /// - Returns: Whether this call did it.
    func requestKill(_ uuid: JobUUID, by requester: KillRequester) throws(StoreError) -> Bool

    /// Writes the end of an execution; only while the row says it runs.
    ///
    /// - Returns: Whether this call did it.
    func settle(_ uuid: JobUUID, _ settlement: Settlement) throws(StoreError) -> Bool

    /// Writes a remark about an execution that still runs, such as who could not be killed; nil removes it.
    func note(_ uuid: JobUUID, reason: String?) throws(StoreError)

    /// Removes attempts that were refused before a time.
    func removeRefusals(before time: Int64) throws(StoreError)

    /// Removes executions of an instance that ended before a time, oldest first.
    ///
    /// - Returns: Their jobs.
    func removeExecutions(on server: String, endedBefore time: Int64, limit: Int) throws(StoreError) -> [String]
}
