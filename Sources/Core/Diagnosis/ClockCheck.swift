/// Whether the clocks of this machine, the other instances and the database agree, and what this machine calls its
/// time.
package struct ClockCheck: Sendable {
    /// All that share the audit.
    package var instances: [RegisteredInstance]
    /// Which one we are.
    package var own: String
    /// The database's clock; nil where it has none of its own.
    package var store: StoreClock?
    /// Unix seconds here.
    package var now: Int64
    /// Name of the time zone.
    package var zone: String

    /// Seconds by which two clocks may differ before it is worth a word.
    private static let tolerance: Int64 = 5
    private static let advice = "Who is gone is told by the clock: run NTP there and here."

    /// The facts.
    package init(instances: [RegisteredInstance], own: String, store: StoreClock?, now: Int64, zone: String) {
        self.instances = instances
        self.own = own
        self.store = store
        self.now = now
        self.zone = zone
    }

    /// What is so.
    package var findings: [Finding] {
        let wrong = [ours].compactMap(\.self) + others
        let gone = instances.filter { $0.serverUUID != own && $0.isGone(at: now) }
        let warnings = gone.map { other in
            Finding.warning(
                "instances",
                "\(other.name) was last seen \(now - other.lastSeen) s ago. If it is gone for good, run remotisan-broker "
                    + "instances close \(other.serverUUID).")
        }
        return (wrong.isEmpty ? [.ok("clock", "time zone \(zone).")] : wrong) + warnings
    }

    private var ours: Finding? {
        guard let store, abs(now - store.now) > Self.tolerance else { return nil }
        let difference = Self.words(now - store.now)
        return .problem("clock", "this machine is \(difference) the database's. \(Self.advice)")
    }

    /// Those of the others as they were at their last sign of life; where no clock but ours is known, one that has
    /// registered in our future.
    private var others: [Finding] {
        instances.filter { $0.serverUUID != own }.compactMap { other in
            if let store {
                guard let ahead = store.ahead[other.serverUUID], abs(ahead) > Self.tolerance else { return nil }
                return .problem("clock", "\(other.name) is \(Self.words(ahead)) the database's. \(Self.advice)")
            }
            let ahead = other.lastSeen - now
            guard ahead > Self.tolerance else { return nil }
            return .problem("clock", "\(other.name) is \(Self.words(ahead)) this machine's. \(Self.advice)")
        }
    }

    private static func words(_ ahead: Int64) -> String {
        "\(abs(ahead)) s \(ahead > 0 ? "ahead of" : "behind")"
    }
}
