/// The registry of the instances that share an audit, and what one may do to another's rows.
///
/// All functions may be called from any thread, and block until the store has answered.
package protocol InstanceStore: Sendable {
    /// Writes down that an instance lives: name, version, address and the time; the first time of all stays.
    func register(_ instance: RegisteredInstance) throws(StoreError)

    /// All of them, by name.
    func instances() throws(StoreError) -> [RegisteredInstance]

    /// One instance; nil if it never registered.
    func instance(_ server: String) throws(StoreError) -> RegisteredInstance?

    /// How many executions run and wait on each instance that has some.
    func openExecutions() throws(StoreError) -> [String: OpenExecutions]

    /// What the clock of the store's own machine says of the instances'; nil where the store has none of its own.
    func clock() throws(StoreError) -> StoreClock?

    /// Settles every execution of an instance that the table says is running or waiting, if the instance is gone.
    /// Looking and settling are one: an instance that comes back meanwhile keeps its rows.
    ///
    /// - Parameters:
    ///   - now: Unix seconds, when it must be gone by what it registered last.
    ///   - user: Who closes them.
    ///   - running: The settlement of running executions. ``reopenClosedExecutions(on:)`` can undo it.
    ///   - queued: The settlement of queued executions. It is final, so that no command starts days later.
    /// - Returns: How many; nil if the instance is not known or not gone, and then nothing was changed.
    func closeExecutions(
        on server: String, goneAt now: Int64, by user: String, running: Settlement, queued: Settlement
    ) throws(StoreError) -> Int?

    /// Makes the rows of an instance that were closed as lost running again, for its own broker to settle by its files;
    /// every other row stays as it is. They forget that they have waited: none of them goes back into a queue.
    ///
    /// - Returns: The rows as they were.
    func reopenClosedExecutions(on server: String) throws(StoreError) -> [Execution]
}
