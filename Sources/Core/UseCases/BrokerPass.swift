import Logging

/// One look of the broker at all running executions of its instance: settles, times out, kills, caps logs.
///
/// Keeps the kills that are under way between looks. Belongs to one thread.
public final class BrokerPass {
    private let catalogue: Catalogue
    private let kill: KillPlan
    private let store: any ExecutionStore
    private let storage: Storage
    private let settling: SettleExecutions
    private let logCap: LogCap?
    private let log: Logger
    private var kills: [JobUUID: JobKill] = [:]
    private var stuck: Set<JobUUID> = []

    /// The use case on its collaborators.
    public init(
        configuration: Configuration, catalogue: Catalogue, store: any ExecutionStore, storage: Storage, log: Logger
    ) {
        self.catalogue = catalogue
        self.store = store
        self.storage = storage
        self.log = log
        kill = configuration.kill
        logCap = configuration.logger.maxBytes.map(LogCap.init)
        settling = SettleExecutions(store: store, storage: storage, log: log)
    }

    /// Whether a kill is under way that this broker should see to its end. One that is stuck is left to later passes.
    public var isKilling: Bool { kills.keys.contains { !stuck.contains($0) } }

    /// Takes one look.
    ///
    /// - Returns: Number of executions that still run.
    /// - Throws: ``StoreError``.
    @discardableResult
    public func look() throws -> Int {
        let open = try settling.settle(try store.running(on: storage.serverUUID))
        let running = Set(open.map(\.uuid))
        kills = kills.filter { running.contains($0.key) }
        for (execution, uuid) in open {
            do {
                let killer = try execution.intendedToKillBy ?? timeOut(execution, uuid)
                if let killer { try beginKill(uuid, execution, for: killer) }
                try advanceKill(uuid)
                try logCap?.apply(to: JobFiles(uuid, in: storage))
            } catch let error as SystemError {
                // One job's broken file must not keep the others waiting.
                log.error("a job could not be looked after", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
        return open.count
    }

    private func timeOut(_ execution: Execution, _ uuid: JobUUID) throws -> String? {
        guard let timeout = catalogue[execution.command]?.timeout, Clock.seconds() - execution.executedAt >= timeout
        else { return nil }
        let killer = "timeout"
        guard try store.requestKill(uuid, by: killer) else { return nil }
        log.notice("timed out", metadata: ["job": "\(uuid)", "after": "\(timeout) s"])
        return killer
    }

    private func beginKill(_ uuid: JobUUID, _ execution: Execution, for user: String) throws {
        guard kills[uuid] == nil else { return }
        let plan = catalogue[execution.command]?.kill ?? kill
        kills[uuid] = try JobKill.begin(uuid, for: user, plan, in: storage)
    }

    private func advanceKill(_ uuid: JobUUID) throws {
        guard let kill = kills[uuid] else { return }
        switch try kill.advance() {
        case .active: break
        case .finished:
            // The supervisor leaves when it has reaped the last; the next look settles.
            if stuck.remove(uuid) != nil { try store.note(uuid, reason: nil) }
        case .stuck(let survivors):
            if stuck.insert(uuid).inserted {
                log.error("cannot be killed", metadata: ["job": "\(uuid)", "left": "\(survivors)"])
                try store.note(uuid, reason: "not killed: " + survivors.joined(separator: ", "))
            }
        }
    }
}
