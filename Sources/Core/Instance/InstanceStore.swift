/// The registry of the instances that share a store.
///
/// All functions may be called from any thread. They block until the store has answered.
package protocol InstanceStore: Sendable {
    /// Registers an instance, or updates its name, version, address and time. The first registration time stays.
    func register(_ instance: RegisteredInstance) throws(StoreError)

    /// Registers an instance, unless another place is registered for it.
    ///
    /// - Parameter place: The registered place that may be replaced, if it is not that of the instance.
    /// - Returns: Whether it is registered.
    func register(_ instance: RegisteredInstance, replacing place: InstancePlace?) throws(StoreError) -> Bool

    /// All instances, by name.
    func instances() throws(StoreError) -> [RegisteredInstance]

    /// One instance; nil if it never registered.
    func instance(_ server: String) throws(StoreError) -> RegisteredInstance?

    /// The number of running and queued executions of each instance that has some.
    func openExecutions() throws(StoreError) -> [String: OpenExecutions]

    /// The clock of the store's machine and its difference from the instances' clocks; nil if the store has no clock of
    /// its own.
    func clock() throws(StoreError) -> StoreClock?

    /// Settles all running and queued executions of an instance, if the instance is gone. Checking and settling are
    /// atomic, so an instance that comes back keeps its executions.
    ///
    /// - Parameters:
    ///   - now: Unix seconds, for comparison with the last registration.
    ///   - actor: The user who closes them.
    ///   - running: The settlement of running executions. ``reopenClosedExecutions(on:)`` can undo it.
    ///   - queued: The settlement of queued executions. It is final, so that no command starts days later.
    /// - Returns: Their number; nil if the instance is unknown or not gone. Then nothing changes.
    func closeExecutions(
        on server: String, goneAt now: Int64, by actor: AuditActor, running: Settlement, queued: Settlement
    ) throws(StoreError) -> Int?

    /// Makes the closed executions of an instance running again, so that its broker settles them by their files. They
    /// do not return to a queue.
    ///
    /// - Returns: The executions before the change.
    func reopenClosedExecutions(on server: String, by actor: AuditActor) throws(StoreError) -> [Execution]
}

/// The number of executions of an instance that have not ended.
package struct OpenExecutions: Sendable, Equatable {
    package var running: Int
    /// Queued executions.
    package var waiting: Int

    package init(running: Int = 0, waiting: Int = 0) {
        self.running = running
        self.waiting = waiting
    }
}

/// The clock of the store's machine, for comparison with the clocks of the instances.
package struct StoreClock: Sendable, Equatable {
    /// Unix seconds.
    package var now: Int64
    /// How far the clock of each instance was ahead at its last registration, in seconds. Negative means behind.
    package var ahead: [String: Int64]

    package init(now: Int64, ahead: [String: Int64]) {
        self.now = now
        self.ahead = ahead
    }
}
