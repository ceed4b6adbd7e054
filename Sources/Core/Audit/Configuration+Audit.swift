import Logging

extension Configuration {
    /// `audit:`
    package struct Audit: Sendable, Equatable {
        /// Seconds after which entries are removed; nil to keep all.
        package var keep: Int64?
        /// Milliseconds between two anchors.
        package var anchorInterval: Int64 = 3_600_000
        /// Whether anchors go to syslog.
        package var usesSyslog = true
        /// The program that gets anchors, and its arguments, in which `{anchor}` stands for the anchor; empty for none.
        package var run: [String] = []

        package init() {}
    }
}

extension ConfigurationSection {
    func readAudit() -> Configuration.Audit {
        var audit = Configuration.Audit()
        audit.keep = duration("keep").flatMap { $0 == 0 ? nil : $0 / 1000 }
        if let keep = audit.keep, keep < 86_400 { problem("expected at least 1d. Remove it to keep all.", at: "keep") }
        let anchor = section("anchor")
        audit.anchorInterval = anchor.duration("every") ?? audit.anchorInterval
        if audit.anchorInterval < 60_000 { anchor.problem("expected at least 1m.", at: "every") }
        audit.usesSyslog = anchor.bool("syslog") ?? audit.usesSyslog
        audit.run = anchor.strings("run") ?? []
        if !audit.run.isEmpty, audit.run[0].isEmpty || !audit.run.contains(where: { $0.contains("{anchor}") }) {
            anchor.problem(
                "expected a program and its arguments with {anchor}, such as [/usr/local/bin/keep, \"{anchor}\"].",
                at: "run")
        }
        anchor.finish()
        finish()
        return audit
    }
}

extension AuditStore {
    /// Records the accepted configuration in the audit, unless that was done before. A failure is logged, because the
    /// next broker records it then.
    package func recordConfiguration(in storage: Storage, log: Logger) {
        guard let accepted = AcceptedConfiguration.read(in: storage.directory) else { return }
        let means = accepted.acceptedBy.flatMap { AuditMeans(rawValue: $0) } ?? .broker
        do throws(StoreError) {
            _ = try recordConfiguration(
                AcceptedConfiguration.digest(of: accepted.text), path: accepted.path, by: AuditActor(means, of: storage)
            )
        } catch {
            log.warning("the configuration was not recorded in the audit", metadata: ["error": "\(error)"])
        }
    }
}
