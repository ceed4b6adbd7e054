/// The audit: every execution, and every attempt at one.
///
/// All functions may be called from any thread, and block until the store has answered.
public protocol ExecutionStore: Sendable {
    /// Keeps a new execution, durably before it returns.
    ///
    /// - Parameters:
    ///   - execution: Its number is not looked at.
    ///   - maxRunning: So many of this command may run on its instance, this one included; nil: any number.
    /// - Returns: The number of the row; nil if that many run already, and then nothing was kept.
    /// - Throws: ``StoreError``.
    func insert(_ execution: Execution, maxRunning: Int?) throws -> Int64?

    /// Keeps a refused attempt.
    ///
    /// - Throws: ``StoreError``.
    func insert(_ refusal: Refusal) throws

    /// Refused attempts, newest first.
    ///
    /// - Throws: ``StoreError``.
    func refusals(limit: Int) throws -> [Refusal]

    /// One execution.
    ///
    /// - Throws: ``StoreError``.
    func execution(_ uuid: JobUUID) throws -> Execution?

    /// A page of the history.
    ///
    /// - Throws: ``StoreError``.
    func history(_ query: HistoryQuery) throws -> HistoryPage

    /// The users that occur in what somebody may see, in order.
    ///
    /// - Throws: ``StoreError``.
    func users(_ visibility: Visibility) throws -> [String]

    /// How many executions there are of each command and status.
    ///
    /// - Throws: ``StoreError``.
    func counts() throws -> [ExecutionCount]

    /// All executions of an instance that the table says are running, oldest first.
    ///
    /// - Throws: ``StoreError``.
    func running(on server: String) throws -> [Execution]

    /// Writes down who wants an execution dead; only while it runs and nobody else has asked.
    ///
    /// - Returns: Whether this call did it.
    /// - Throws: ``StoreError``.
    func requestKill(_ uuid: JobUUID, by user: String) throws -> Bool

    /// Writes the end of an execution; only while the row says it runs.
    ///
    /// - Returns: Whether this call did it.
    /// - Throws: ``StoreError``.
    func settle(_ uuid: JobUUID, _ settlement: Settlement) throws -> Bool

    /// Writes a remark about an execution that still runs, such as who could not be killed; nil removes it.
    ///
    /// - Throws: ``StoreError``.
    func note(_ uuid: JobUUID, reason: String?) throws

    /// Removes attempts that were refused before a time.
    ///
    /// - Throws: ``StoreError``.
    func removeRefusals(before time: Int64) throws

    /// Removes executions of an instance that ended before a time, oldest first.
    ///
    /// - Returns: Their jobs.
    /// - Throws: ``StoreError``.
    func removeExecutions(on server: String, endedBefore time: Int64, limit: Int) throws -> [String]
}
