/// Checks that something starts the broker.
package struct BrokerCheck: Sendable {
    /// Whether a broker is watching now.
    package var watch: WatchState
    /// A broker that another one has replaced, because it was stalled.
    package var replaced: WatchState
    /// When a broker last watched, in Unix seconds; nil if none has. The heartbeat of the instance does not tell it,
    /// because the responder registers the instance, too.
    package var lastSeen: Int64?
    /// When the instance first registered, in Unix seconds; nil if it has not. Cron starts a broker within a minute.
    package var firstSeen: Int64?
    /// Seconds without a broker after which something is wrong.
    package var goneAfter: Int64
    /// Unix seconds.
    package var now: Int64
    /// Files of cron that start the broker.
    package var cron: [String]
    /// The systemd unit that is enabled to start the broker; nil if there is none.
    package var unit: String?

    package init(
        watch: WatchState, replaced: WatchState = .none, lastSeen: Int64?, firstSeen: Int64? = nil, goneAfter: Int64,
        now: Int64, cron: [String], unit: String?
    ) {
        self.firstSeen = firstSeen
        self.watch = watch
        self.replaced = replaced
        self.lastSeen = lastSeen
        self.goneAfter = goneAfter
        self.now = now
        self.cron = cron
        self.unit = unit
    }

    package var findings: [Finding] {
        let subject = "broker"
        let isNew = lastSeen == nil && firstSeen.map { now - $0 <= goneAfter } ?? false
        let isRecent = isNew || (lastSeen.map { now - $0 <= goneAfter } ?? false)
        let last = lastSeen.map { "the last broker ran \(max(0, now - $0)) s ago" } ?? "no broker has run yet"
        var findings: [Finding] = []
        if let unit, !cron.isEmpty {
            findings.append(
                .warning(subject, "both \(cron.joined(separator: ", ")) and \(unit) start it. Remove one of them."))
        }
        for case .stalled(let pid, let milliseconds) in [watch, replaced] {
            let name = pid.map { "the broker on watch, process \($0)," } ?? "the broker on watch"
            let advice = pid.map { "Continue it with kill -CONT \($0), or end it with kill -KILL \($0)." }
            findings.append(
                .problem(
                    subject,
                    "\(name) has been stopped or frozen for \(milliseconds / 1000) s. The broker that starts next "
                        + "takes its work over. \(advice ?? "Find it with lsof, and end it.")"))
        }
        if case .stalled = watch { return findings }
        if watch == .watching {
            findings.append(.ok(subject, "is watching."))
        } else if unit == nil, cron.isEmpty {
            findings.append(
                .problem(
                    subject,
                    "nothing starts it; \(last). Run systemctl enable --now remotisan-broker.service, or copy "
                        + "cron/remotisan to /etc/cron.d. (Crontabs of users are not checked.)"))
        } else if !isRecent {
            let starter = unit ?? cron.joined(separator: ", ")
            findings.append(
                .problem(
                    subject,
                    "\(last), although \(starter) starts it. Check whether it runs, and read its log or mail."
                ))
        } else {
            findings.append(.ok(subject, "is not watching at the moment; \(last)."))
        }
        return findings
    }
}
