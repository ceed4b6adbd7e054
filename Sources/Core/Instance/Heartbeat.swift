import Logging

/// Registers an instance periodically. Belongs to one thread.
package final class Heartbeat {
    /// Milliseconds between two registrations. Two may be late before the instance counts as gone.
    private var interval: Int64 { min(10_000, configuration.goneAfter * 1000 / 4) }

    /// Milliseconds between two checks while a copy of the storage lives elsewhere.
    private static let conflictInterval: Int64 = 2000

    private let registry: any InstanceStore
    private var configuration: Configuration.Instance
    private let storage: Storage
    private let log: Logger
    private var last: Int64?
    private var checkedAt: Int64?

    package init(registry: any InstanceStore, configuration: Configuration.Instance, storage: Storage, log: Logger) {
        self.registry = registry
        self.configuration = configuration
        self.storage = storage
        self.log = log
    }

    /// Replaces the name, the address and the limits. The next registration has them.
    package func use(_ configuration: Configuration.Instance) {
        if configuration != self.configuration { last = nil }
        self.configuration = configuration
    }

    /// The living copy that has the UUID of this instance; nil if there is none. While there is one, this instance must
    /// not settle, kill or start anything.
    package private(set) var conflict: PlaceConflict?

    /// Registers the instance, unless a copy of its storage lives elsewhere.
    package func register() throws(StoreError) {
        let now = Clock.seconds()
        let own = InstancePlace(of: storage)
        let row = RegisteredInstance(
            serverUUID: storage.serverUUID, name: configuration.name, version: ProgramVersion.current,
            address: configuration.address, firstSeen: now, lastSeen: now, goneAfter: configuration.goneAfter,
            place: own, clockOffset: Clock.offset())
        let known = try registry.instance(storage.serverUUID)
        try setConflict(known)
        guard conflict == nil else { return }
        if try !registry.register(row, replacing: known?.place) {
            // A copy registered at the same moment.
            try setConflict(try registry.instance(storage.serverUUID))
        }
    }

    /// Searches for a copy if that is due. Registers only if the storage was moved, or if the other copy is gone.
    package func check() throws(StoreError) {
        let now = Clock.boottimeMilliseconds()
        if let checkedAt, now - checkedAt < (conflict == nil ? interval : Self.conflictInterval) { return }
        let known = try registry.instance(storage.serverUUID)
        try setConflict(known)
        checkedAt = now
        // Before anything is settled or started, so that the other place sees it first.
        if conflict == nil, let place = known?.place, !InstancePlace(of: storage).isSame(as: place) { try register() }
    }

    /// The living copy that is registered now; nil if there is none. Changes nothing.
    package func currentConflict() throws(StoreError) -> PlaceConflict? {
        try conflict(with: try registry.instance(storage.serverUUID))
    }

    private func conflict(with known: RegisteredInstance?) throws(StoreError) -> PlaceConflict? {
        let own = InstancePlace(of: storage)
        guard let known, let place = known.place, !own.isSame(as: place) else { return nil }
        let silence = try silence(of: known, at: place)
        let isTaken = own.isTaken(
            by: place,
            .init(
                silence: silence, goneAfter: known.goneAfter, uptime: Clock.boottimeMilliseconds() / 1000,
                isLocked: place.isLocked()))
        return isTaken ? PlaceConflict(name: known.name, place: place, storage: storage.directory) : nil
    }

    private func setConflict(_ known: RegisteredInstance?) throws(StoreError) {
        let new = try conflict(with: known)
        if let new, new != conflict { log.error("this instance is a copy", metadata: ["reason": "\(new)"]) }
        if new == nil, conflict != nil { log.warning("the other copy of this instance is gone") }
        conflict = new
    }

    /// Seconds since the last registration, by the clock of the boot or of the store.
    private func silence(of known: RegisteredInstance, at place: InstancePlace) throws(StoreError) -> Int64? {
        if place.bootID == BootID.current, let offset = known.clockOffset {
            return max(0, Clock.boottimeMilliseconds() / 1000 - (known.lastSeen - offset / 1000))
        }
        guard let clock = try registry.clock(), let ahead = clock.ahead[known.serverUUID] else { return nil }
        return max(0, clock.now - (known.lastSeen - ahead))
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
        checkedAt = now
        guard conflict == nil else { return }
        for row in try registry.reopenClosedExecutions(
            on: storage.serverUUID, by: AuditActor(.broker, of: storage))
        {
            log.warning(
                "closed execution reopened",
                metadata: ["job": "\(row.jobUUID.sanitized)", "reason": "\((row.ending.reason ?? "").sanitized)"])
        }
    }
}

/// A copy of this instance's storage that lives elsewhere and has the same UUID.
package struct PlaceConflict: Error, Sendable, Equatable, CustomStringConvertible {
    /// The name of the other one.
    package let name: String
    /// Where it lives.
    package let place: InstancePlace
    /// The storage here.
    package let storage: String

    /// A sentence for the administrator.
    package var description: String {
        """
        The storage \(storage) is a copy: the instance \(name) with the same UUID lives in \(place.path) on the \
        machine \(place.machine). This copy starts, kills and settles nothing. Give it a UUID of its own with \
        remotisan-broker instances renew, or end the other one.
        """
    }
}
