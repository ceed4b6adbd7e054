import Logging

/// Closes the executions of a gone instance.
package struct CloseInstance: Sendable {
    private let registry: any InstanceStore
    private let log: Logger

    package init(registry: any InstanceStore, log: Logger) {
        self.registry = registry
        self.log = log
    }

    /// Closes all running and queued executions of an instance.
    ///
    /// If the instance returns, its broker reopens those that were running, and settles them by their files.
    ///
    /// - Parameters:
    ///   - server: UUID of the instance.
    ///   - actor: The user who closes them.
    ///   - now: Unix seconds.
    /// - Returns: Their number.
    /// - Throws: ``CloseInstanceError``, ``StoreError``.
    package func close(_ server: String, by actor: AuditActor, now: Int64) throws -> Int {
        let user = actor.user ?? "administrator"
        guard let instance = try registry.instance(server) else { throw CloseInstanceError.unknown }
        // By the clock of the store, which is the same for all. The times of the registry are those of the instance.
        let stored = try registry.clock().flatMap { clock in clock.ahead[server].map { clock.now + $0 } }
        let isGone = "instance \(instance.name) is gone, closed by \(user)"
        let closed = try registry.closeExecutions(
            // Without one: the clock at the last registration may have been set since.
            on: server, goneAt: stored ?? now - instance.clockCorrection, by: actor,
            running: Settlement(
                status: .failed, finishedAt: now, ending: Execution.Ending(reason: "lost: \(isGone)", isLost: true)),
            queued: .notStarted(reason: "never started: \(isGone)", logBytes: nil, now: now))
        guard let closed else { throw CloseInstanceError.alive(name: instance.name, goneAfter: instance.goneAfter) }
        log.notice(
            "executions closed",
            metadata: ["instance": "\(server.sanitized)", "executions": "\(closed)", "user": "\(user.sanitized)"])
        return closed
    }
}

/// Why executions were not closed.
package enum CloseInstanceError: Error, Equatable, CustomStringConvertible {
    /// No instance with this UUID ever registered.
    case unknown
    /// It registered a short time ago.
    case alive(name: String, goneAfter: Int64)

    /// A sentence for the person.
    package var description: String {
        switch self {
        case .unknown: "There is no such instance."
        case .alive(let name, let goneAfter):
            """
            The instance \(name) is not gone: it was seen within the last \(goneAfter) seconds. Kill its jobs \
            instead.
            """
        }
    }
}
