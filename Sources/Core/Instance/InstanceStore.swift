/// The registry of the instances that share an audit, and what one may do to another's rows.
///
/// All functions may be called from any thread, and block until the store has answered.
public protocol InstanceStore: Sendable {
    /// Writes down that an instance lives: name, version, address and the time; the first time of all stays.
    ///
    /// - Throws: ``StoreError``.
    func register(_ instance: RegisteredInstance) throws

    /// All of them, by name.
    ///
    /// - Throws: ``StoreError``.
    func instances() throws -> [RegisteredInstance]

    /// One instance; nil if it never registered.
    ///
    /// - Throws: ``StoreError``.
    func instance(_ server: String) throws -> RegisteredInstance?

    /// How many executions run and wait on each instance that has some.
    ///
    /// - Throws: ``StoreError``.
    func openExecutions() throws -> [String: OpenExecutions]

    /// What the clock of the store's own machine says of the instances'; nil where the store has none of its own.
    ///
    /// - Throws: ``StoreError``.
    func clock() throws -> StoreClock?

    /// Settles every execution of an instance that the table says is running or waiting, if the instance is gone.
    /// Looking and settling are one: an instance that comes back meanwhile keeps its rows.
    ///
    /// - Parameters:
    ///   - now: Unix seconds, when it must be gone by what it registered last.
    ///   - settlement: Of those that run. Its reason must be a ``ClosingMark``.
    ///   - waiting: Of those that wait. Its reason must be none: what was called off is not started days later.
    /// - Returns: How many; nil if the instance is not known or not gone, and then nothing was changed.
    /// - Throws: ``StoreError``.
    func closeExecutions(
        on server: String, goneAt now: Int64, _ settlement: Settlement, waiting: Settlement
    ) throws -> Int?

    /// Makes the rows of an instance that were closed as lost running again, for its own broker to settle by its files;
    /// every other row stays as it is. They forget that they have waited: none of them goes back into a queue.
    ///
    /// - Returns: The rows as they were.
    /// - Throws: ``StoreError``.
    func takeBackClosed(on server: String) throws -> [Execution]
}
