/// An instance as the others know it: a row of the registry.
package struct RegisteredInstance: Sendable, Equatable {
    /// Its own UUID, `server_uuid` of its executions.
    package var serverUUID: String
    /// What people call it; the host's name where nobody chose another.
    package var name: String
    /// Version of the program that registered it last.
    package var version: String
    /// Where its web server answers the others; nil: not for them.
    package var address: InstanceAddress?
    /// Unix seconds of its first registration.
    package var firstSeen: Int64
    /// Unix seconds of its last sign of life, by its own clock.
    package var lastSeen: Int64
    /// Seconds of silence after which it wants to count as gone. Each instance says it for itself, so that all others
    /// agree. The clocks of the machines must agree much better than that, as with NTP they do.
    package var goneAfter: Int64

    /// Creates a row.
    package init(
        serverUUID: String, name: String, version: String, address: InstanceAddress?, firstSeen: Int64, lastSeen: Int64,
        goneAfter: Int64 = Self.goneAfterByDefault
    ) {
        self.serverUUID = serverUUID
        self.name = name
        self.version = version
        self.address = address
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.goneAfter = goneAfter
    }

    /// ``goneAfter`` where nobody chose another: two turns of cron's broker and a half.
    package static let goneAfterByDefault: Int64 = 150

    /// Whether it has been silent for too long.
    ///
    /// - Parameter now: Unix seconds.
    package func isGone(at now: Int64) -> Bool {
        lastSeen < now - goneAfter
    }
}
