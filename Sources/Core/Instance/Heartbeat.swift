import Logging

/// Registers an instance periodically. Belongs to one thread.
package final class Heartbeat {
    /// Milliseconds between two registrations. Two may be late before the instance counts as gone.
    private var interval: Int64 { min(10_000, configuration.goneAfter * 1000 / 4) }

    private let registry: any InstanceStore
    private let configuration: Configuration.Instance
    private let storage: Storage
    private let log: Logger
    private var last: Int64?

    package init(registry: any InstanceStore, configuration: Configuration.Instance, storage: Storage, log: Logger) {
        self.registry = registry
        self.configuration = configuration
        self.storage = storage
        self.log = log
    }

    /// Registers the instance.
    package func register() throws(StoreError) {
        let now = Clock.seconds()
        try registry.register(
            RegisteredInstance(
                serverUUID: storage.serverUUID, name: configuration.name, version: ProgramVersion.current,
                address: configuration.address, firstSeen: now, lastSeen: now, goneAfter: configuration.goneAfter))
    }

    /// Registers the instance if it is due, and reopens executions that were closed while it was away.
    ///
    /// The next pass settles the reopened executions by their files. Registering comes first, because closing checks
    /// the registration: afterwards the executions that are reopened here cannot be closed.
    func beat() throws(StoreError) {
        let now = Clock.boottimeMilliseconds()
        if let last, now - last < interval { return }
        try register()
        last = now
        for row in try registry.reopenClosedExecutions(on: storage.serverUUID) {
            log.warning(
                "closed execution reopened",
                metadata: ["job": "\(row.jobUUID.sanitized)", "reason": "\((row.ending.reason ?? "").sanitized)"])
        }
    }
}
