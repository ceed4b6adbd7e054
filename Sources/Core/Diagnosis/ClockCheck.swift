/// Checks that the clocks of this machine, the other instances and the database agree.
package struct ClockCheck: Sendable {
    /// All instances that share the store.
    package var instances: [RegisteredInstance]
    /// `serverUUID` of this instance.
    package var own: String
    /// The clock of the database; nil if it has no clock of its own.
    package var store: StoreClock?
    /// Unix seconds on this machine.
    package var now: Int64
    /// Name of the time zone.
    package var zone: String

    /// Permitted difference between two clocks, in seconds.
    private static let tolerance: Int64 = 5
    private static let advice = "A wrong clock makes living instances look gone. Run NTP on both machines."

    package init(instances: [RegisteredInstance], own: String, store: StoreClock?, now: Int64, zone: String) {
        self.instances = instances
        self.own = own
        self.store = store
        self.now = now
        self.zone = zone
    }

    package var findings: [Finding] {
        let differences = [ownDifference].compactMap(\.self) + differencesOfOthers
        let gone = instances.filter { $0.serverUUID != own && $0.isGone(at: now) }
        let warnings = gone.map { other in
            Finding.warning(
                "instances",
                "\(other.name) was last seen \(now - other.lastSeen) s ago. If it is gone for good, run "
                    + "remotisan-broker instances close \(other.serverUUID).")
        }
        return (differences.isEmpty ? [.ok("clock", "time zone \(zone).")] : differences) + warnings
    }

    private var ownDifference: Finding? {
        guard let store, abs(now - store.now) > Self.tolerance else { return nil }
        let difference = Self.describe(now - store.now)
        return .problem("clock", "this machine is \(difference) the database. \(Self.advice)")
    }

    /// The differences of other instances at their last heartbeat. If the database has no clock, only an instance
    /// with a heartbeat in the future is known to differ.
    private var differencesOfOthers: [Finding] {
        instances.filter { $0.serverUUID != own }.compactMap { other in
            if let store {
                guard let ahead = store.ahead[other.serverUUID], abs(ahead) > Self.tolerance else { return nil }
                return .problem("clock", "\(other.name) is \(Self.describe(ahead)) the database. \(Self.advice)")
            }
            let ahead = other.lastSeen - now
            guard ahead > Self.tolerance else { return nil }
            return .problem("clock", "\(other.name) is \(Self.describe(ahead)) this machine. \(Self.advice)")
        }
    }

    private static func describe(_ ahead: Int64) -> String {
        "\(abs(ahead)) s \(ahead > 0 ? "ahead of" : "behind")"
    }
}
