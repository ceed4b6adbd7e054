import Logging

/// Closes the executions of an instance that is gone, as lost.
public struct CloseInstance: Sendable {
    private let registry: any InstanceStore
    private let log: Logger

    /// The use case on its collaborators.
    public init(registry: any InstanceStore, log: Logger) {
        self.registry = registry
        self.log = log
    }

    /// Why nothing was closed.
    public enum Refused: Error, Equatable, CustomStringConvertible {
        /// No instance of this UUID ever registered.
        case unknown
        /// It was seen not long ago.
        case alive(name: String, goneAfter: Int64)

        /// A sentence for the person.
        public var description: String {
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

    /// Closes them. Should the instance come back, its own broker takes back those that ran and settles them by its
    /// files; what waited stays closed.
    ///
    /// - Parameters:
    ///   - server: UUID of the instance.
    ///   - user: Who closes them; stands in the rows' reason.
    ///   - now: Unix seconds.
    /// - Returns: How many there were.
    /// - Throws: ``Refused``, ``StoreError``.
    public func close(_ server: String, by user: String, now: Int64) throws -> Int {
        guard let instance = try registry.instance(server) else { throw Refused.unknown }
        func settlement(_ reason: String) -> Settlement {
            .notStarted(reason: reason, logBytes: nil, now: now)
        }
        let closed = try registry.closeExecutions(
            on: server, goneAt: now,
            settlement(ClosingMark.reason(instance: instance.name, by: user)),
            waiting: settlement(ClosingMark.reasonOfWaiting(instance: instance.name, by: user)))
        guard let closed else { throw Refused.alive(name: instance.name, goneAfter: instance.goneAfter) }
        log.notice(
            "closed as lost",
            metadata: ["instance": "\(server.harmless)", "executions": "\(closed)", "user": "\(user.harmless)"])
        return closed
    }
}
