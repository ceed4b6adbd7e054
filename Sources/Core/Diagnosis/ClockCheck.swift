/// Whether the clocks of the instances agree, and what this machine calls its time.
public struct ClockCheck: Sendable {
    /// All that share the audit.
    public var instances: [RegisteredInstance]
    /// Which one we are.
    public var own: String
    /// Unix seconds here.
    public var now: Int64
    /// Name of the time zone.
    public var zone: String

    /// The facts.
    public init(instances: [RegisteredInstance], own: String, now: Int64, zone: String) {
        self.instances = instances
        self.own = own
        self.now = now
        self.zone = zone
    }

    /// What is so.
    public var findings: [Finding] {
        let ahead = instances.filter { $0.serverUUID != own && $0.lastSeen > now + 10 }
        guard ahead.isEmpty else {
            return ahead.map { other in
                .problem(
                    "clock",
                    "\(other.name) is \(other.lastSeen - now) s ahead of this machine; who is gone is told by the clock. "
                        + "Run NTP on both.")
            }
        }
        let gone = instances.filter { $0.serverUUID != own && $0.isGone(at: now) }
        let warnings = gone.map { other in
            Finding.warning(
                "instances",
                "\(other.name) was last seen \(now - other.lastSeen) s ago. If it is gone for good, run remotisan-broker "
                    + "instances close \(other.serverUUID).")
        }
        return [.ok("clock", "time zone \(zone).")] + warnings
    }
}
