import Assembly
import Core
import Foundation

/// The checks of `doctor` in an instance that could be opened.
struct InstanceChecks {
    let instance: Instance
    let host: HostChecks

    func findings() throws -> [Finding] {
        let storage = instance.storage
        let registered = try instance.registry.instances()
        // The connection already exists, so the two clocks are read within one round trip.
        let clock = try instance.registry.clock()
        let now = Clock.seconds()
        var findings: [Finding] = []
        findings += instance.configuration.database.findings(in: storage, migrated: instance.migrated)
        findings += SearchCheck(try instance.store.searchState()).findings
        findings += killList()
        findings += CatalogueCheck(instance.catalogue.current, in: storage.directory).findings
        findings +=
            BrokerCheck(
                watch: storage.watchState, replaced: storage.replacedWatchState, lastSeen: storage.brokerSeenAt,
                firstSeen: registered.first { $0.serverUUID == storage.serverUUID }?.firstSeen,
                goneAfter: instance.configuration.instance.goneAfter, now: now, cron: host.cron,
                unit: host.unit
            ).findings
        findings += try OrphanedFilesCheck(storage, store: instance.store, now: now).findings
        findings +=
            ClockCheck(
                instances: registered, own: storage.serverUUID, store: clock, now: now,
                zone: TimeZone.current.identifier
            ).findings
        if let conflict = try instance.heartbeat.currentConflict() {
            findings.append(.problem("instance", "\(conflict)"))
        }
        findings +=
            ClockJumpCheck(
                try RetentionTime(storage, log: instance.log).current, at: .now
            ).findings
        return findings
    }

    private func killList() -> [Finding] {
        guard let list = instance.killList else {
            return [.ok("kill list", "not configured. Kill requests are in the store.")]
        }
        do {
            _ = try list.jobs(on: instance.storage.serverUUID)
            return [.ok("kill list", "answers.")]
        } catch {
            return [
                .problem(
                    "kill list",
                    "\(error) Until it answers, brokers find kill requests in the store, a few seconds later.")
            ]
        }
    }
}
