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
    /// Where it lived when it registered; nil if it did not say.
    package var place: InstancePlace?
    /// `Clock.offset()` at its last registration, in milliseconds; nil if it did not say.
    package var clockOffset: Int64?

    package init(
        serverUUID: String, name: String, version: String, address: InstanceAddress?, firstSeen: Int64, lastSeen: Int64,
        goneAfter: Int64 = Self.goneAfterByDefault, place: InstancePlace? = nil, clockOffset: Int64? = nil
    ) {
        self.place = place
        self.clockOffset = clockOffset
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
        lastSeen + clockCorrection < now - goneAfter
    }

    /// Seconds by which the wall clock was set since the last registration. It is 0 if the instance registered in
    /// another boot or on another machine, because only the clocks of one boot can be compared.
    package var clockCorrection: Int64 {
        guard place?.bootID == BootID.current, let clockOffset else { return 0 }
        let correction = Clock.offset() - clockOffset
        return abs(correction) < 2000 ? 0 : correction / 1000
    }
}
