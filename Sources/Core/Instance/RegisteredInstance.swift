/// An entry of the registry of instances.
package struct RegisteredInstance: Sendable, Equatable {
    /// UUID of the instance, `server_uuid` of its executions.
    package var serverUUID: String
    /// The configured name; by default the host name.
    package var name: String
    /// Version of the program that registered last.
    package var version: String
    /// Where other instances reach its web server; nil if they do not.
    package var address: InstanceAddress?
    /// Time of the first registration, in Unix seconds.
    package var firstSeen: Int64
    /// Time of the last registration, in Unix seconds by its own clock.
    package var lastSeen: Int64
    /// Seconds of silence after which it counts as gone. Each instance registers its own limit, so that all others
    /// agree. The clocks of the machines must agree much better than this, as they do with NTP.
    package var goneAfter: Int64

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

    /// The default of ``goneAfter``: two and a half intervals of a broker that cron starts.
    package static let goneAfterByDefault: Int64 = 150

    /// Whether it has been silent for too long.
    ///
    /// - Parameter now: Unix seconds.
    package func isGone(at now: Int64) -> Bool {
        lastSeen < now - goneAfter
    }
}
