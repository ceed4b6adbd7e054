import Logging

/// An instance's signs of life in the registry. Belongs to one thread.
package final class Heartbeat {
    /// Milliseconds between two of them: so many that two may be late before the instance counts as gone.
    private var interval: Int64 { min(10_000, configuration.goneAfter * 1000 / 4) }

    private let registry: any InstanceStore
    private let configuration: Configuration.Instance
    private let storage: Storage
    private let log: Logger
    private var last: Int64?

    /// The signs of life of the instance with this storage.
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

    /// Registers the instance if it is time, and takes back what was closed as lost while it was away: the files tell
    /// what became of those jobs, and the next look at the running ones asks the files. Registering comes first: whoever
    /// closes looks at it, so nothing can be closed any more that is taken back here.
    func beat() throws(StoreError) {
        let now = Clock.boottimeMilliseconds()
        if let last, now - last < interval { return }
        try register()
        last = now
        for row in try registry.reopenClosedExecutions(on: storage.serverUUID) {
            log.warning(
                "taken back: closed as lost while this instance was away",
                metadata: ["job": "\(row.jobUUID.sanitized)", "reason": "\((row.ending.reason ?? "").sanitized)"])
        }
    }
}
