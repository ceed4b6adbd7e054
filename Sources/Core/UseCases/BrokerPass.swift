import Logging

/// One look of the broker at all running executions of its instance: settles, times out, kills, caps logs,
/// and starts what waits.
///
/// Keeps the kills that are under way between looks. Belongs to one thread.
package final class BrokerPass {
    private let catalogue: Catalogue
    private let kill: KillPlan
    private let store: any ExecutionStore
    private let storage: Storage
    private let settling: SettleExecutions
    private let starter: QueueStarter?
    private let logCap: LogCap?
    private let log: Logger
    private let kills = ActiveKills()
    private var stuck: Set<JobUUID> = []
    /// What ran after the last look, as the table said it when it was read.
    private var known: [Execution] = []
    /// When nothing was left of a job, in milliseconds of the boot clock.
    private var through: [JobUUID: Int64] = [:]
    /// Milliseconds for which a supervisor may take leave.
    private static let supervisorExitTimeout: Int64 = 2000

    /// The use case on its collaborators.
    ///
    /// - Parameter starter: Starts what waits; nil: nothing is started.
    package init(
        configuration: Configuration, catalogue: Catalogue, store: any ExecutionStore, storage: Storage,
        starter: QueueStarter? = nil, log: Logger
    ) {
        self.starter = starter
        self.catalogue = catalogue
        self.store = store
        self.storage = storage
        self.log = log
        kill = configuration.kill
        logCap = configuration.logger.maxBytes.map(LogCap.init)
        settling = SettleExecutions(store: store, storage: storage, log: log)
    }

    /// Whether a kill is under way that this broker should see to its end. One that is stuck is left to later passes,
    /// and so is one that is through but for a supervisor that does not leave.
    package var isKilling: Bool {
        let now = Clock.boottimeMilliseconds()
        return kills.uuids.contains { uuid in
            !stuck.contains(uuid) && through[uuid].map { now - $0 < Self.supervisorExitTimeout } ?? true
        }
    }

    /// Takes one look.
    ///
    /// - Parameter readingTable: false looks only after those that ran at the last look, without asking the table for
    ///   others or for new wishes.
    /// - Returns: Number of executions that still run.
    /// - Throws: ``StoreError``; kills that are under way have taken their step by then.
    @discardableResult
    package func look(readingTable: Bool = true) throws -> Int {
        for uuid in kills.uuids { guarded(uuid) { try advanceKill(uuid) } }
        if readingTable { known = try store.running(on: storage.serverUUID) }
        let open = try settling.settle(known)
        let hasSettled = open.count < known.count
        known = open.map(\.execution)
        let running = Set(open.map(\.uuid))
        kills.keep(running)
        through = through.filter { running.contains($0.key) }
        for (index, (execution, uuid)) in open.enumerated() {
            let killer = try execution.intendedToKillBy ?? timeOut(execution, uuid)
            known[index].intendedToKillBy = killer
            guarded(uuid) {
                if let killer, !kills.contains(uuid) {
                    try beginKill(uuid, execution, for: killer)
                    try advanceKill(uuid)
                }
                try logCap?.apply(to: JobFiles(uuid, in: storage))
            }
        }
        if let starter, readingTable || hasSettled, try !store.queued(on: storage.serverUUID).isEmpty {
            starter.wake()
        }
        return open.count
    }

    /// Waits until what could be started after the last look is started, or does not get on.
    func finishStarting() {
        starter?.finish(within: 15_000)
    }

    /// One job's broken file must not keep the others waiting, nor a store that does not answer a signal.
    private func guarded(_ uuid: JobUUID, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            log.error("a job could not be looked after", metadata: ["job": "\(uuid)", "error": "\(error)"])
        }
    }

    private func timeOut(_ execution: Execution, _ uuid: JobUUID) throws -> KillRequester? {
        guard let timeout = catalogue[execution.command]?.options.timeout,
            Clock.seconds() - execution.executedAt >= timeout
        else { return nil }
        guard try store.requestKill(uuid, by: .timeout) else { return nil }
        log.notice("timed out", metadata: ["job": "\(uuid)", "after": "\(timeout) s"])
        return .timeout
    }

    private func beginKill(_ uuid: JobUUID, _ execution: Execution, for requester: KillRequester) throws {
        let plan = catalogue[execution.command]?.options.kill ?? kill
        try kills.begin(uuid, for: requester, plan, in: storage)
    }

    private func advanceKill(_ uuid: JobUUID) throws {
        switch try kills.advance(uuid) {
        case nil: break
        case .active:
            through[uuid] = nil
        case .finished:
            // The supervisor leaves when it has reaped the last; the next look settles.
            through[uuid] = through[uuid] ?? Clock.boottimeMilliseconds()
            if stuck.remove(uuid) != nil { try store.note(uuid, reason: nil) }
        case .stuck(let survivors):
            if stuck.insert(uuid).inserted {
                log.error("cannot be killed", metadata: ["job": "\(uuid)", "left": "\(survivors)"])
                try store.note(uuid, reason: "not killed: " + survivors.joined(separator: ", "))
            }
        }
    }
}
