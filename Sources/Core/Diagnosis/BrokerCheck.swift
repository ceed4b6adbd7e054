/// Whether somebody starts the broker every minute.
package struct BrokerCheck: Sendable {
    /// Whether one is on watch now.
    package var isOnWatch: Bool
    /// Unix seconds of the instance's last sign of life; nil: it never gave one.
    package var lastSeen: Int64?
    /// Seconds of silence after which this instance counts as gone.
    package var goneAfter: Int64
    /// Unix seconds.
    package var now: Int64
    /// Files of cron that start it.
    package var cron: [String]
    /// Whether the timer of systemd is enabled.
    package var hasTimer: Bool

    /// The facts.
    package init(isOnWatch: Bool, lastSeen: Int64?, goneAfter: Int64, now: Int64, cron: [String], hasTimer: Bool) {
        self.isOnWatch = isOnWatch
        self.lastSeen = lastSeen
        self.goneAfter = goneAfter
        self.now = now
        self.cron = cron
        self.hasTimer = hasTimer
    }

    /// What is so.
    package var findings: [Finding] {
        let subject = "broker"
        let isRecent = lastSeen.map { now - $0 <= goneAfter } ?? false
        let seen = lastSeen.map { "this instance was last seen \(max(0, now - $0)) s ago" } ?? "none was ever on watch"
        var findings: [Finding] = []
        if hasTimer, !cron.isEmpty {
            findings.append(
                .warning(subject, "both \(cron.joined(separator: ", ")) and systemd's timer start it. Remove one."))
        }
        if isOnWatch {
            findings.append(.ok(subject, "on watch."))
        } else if !hasTimer, cron.isEmpty {
            findings.append(
                .problem(
                    subject,
                    "nobody starts it: \(seen). Put cron/remotisan into /etc/cron.d, or run systemctl enable --now "
                        + "remotisan-broker.timer. (A user's own crontab is not looked at.)"))
        } else if !isRecent {
            let starter = hasTimer ? "remotisan-broker.timer" : cron.joined(separator: ", ")
            findings.append(
                .problem(subject, "\(seen), though \(starter) starts it. Is cron running? Its mail or log says why."))
        } else {
            findings.append(.ok(subject, "between two watches; \(seen)."))
        }
        return findings
    }
}
