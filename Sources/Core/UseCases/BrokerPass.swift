import Logging

/// One pass over all running executions of an instance. It settles, applies timeouts, kills, and starts
/// queued executions.
///
/// It keeps the kills in progress between passes. Belongs to one thread.
package final class BrokerPass {
    private let catalogue: Catalogue
    private var kill: KillPlan
    private let store: any ExecutionStore
    private let storage: Storage
    private let settling: SettleExecutions
    private let requests: KillRequestWriter
    private let starter: QueueStarter?
    private let searching: SearchJobs?
    private let log: Logger
    private let kills: ActiveKills
    /// The signals that are not in the audit yet.
    private var sent: [(event: AuditEvent, actor: AuditActor)] = []
    private var times: RunningTimes
    private var outputs: HeldOutputs
    /// Reads the processes. All jobs share what it reads.
    let reader = ProcessReader()
    /// Jobs whose processes survive KILL.
    private var stuck: Set<JobUUID> = []
    /// The remarks about kills that are in the store.
    private var remarks: [JobUUID: String] = [:]
    /// The executions that were running after the last pass, as read from the store.
    private var running: [RunningExecution] = []
    /// When no process of a job was left, in milliseconds of the boot clock.
    private var finishedAt: [JobUUID: Int64] = [:]
    /// The change counter of the store when it was last read, and the time of that in milliseconds of the boot clock.
    private var lastCounter: Int64?
    private var countedAt = Int64.min / 2
    /// Whether the store counts its changes.
    private(set) var isStoreCounting = false
    /// When a pass has something to do although nothing has changed, in milliseconds of the boot clock.
    private(set) var dueAt = Int64.min
    /// Milliseconds after which a pass looks at all timeouts, because the configuration may have changed.
    private static let dueInterval: Int64 = 10_000
    /// Whether executions were left out after the last pass: they have ended, or their files could not be read.
    private var hasLeftOut = false
    /// Whether executions were queued after the last pass. Those that could not be started are tried again.
    private var hasQueued = false
    /// Milliseconds after which the running executions are read even if the store says that nothing has changed.
    private static let unchangedInterval: Int64 = 30_000
    /// Milliseconds within which a supervisor should exit after its last process.
    private static let supervisorExitTimeout: Int64 = 2000

    /// - Parameters:
    ///   - starter: Starts queued executions; nil to start none.
    ///   - launcher: Starts a collector for output that has none; nil to start none.
    ///   - searches: Whether to search the directory of the jobs for executions that the store has lost, and for
    ///     output without a collector.
    package init(
        configuration: Configuration, catalogue: Catalogue, store: any ExecutionStore, storage: Storage,
        starter: QueueStarter? = nil, launcher: Launcher? = nil, searches: Bool = true, log: Logger
    ) {
        searching = searches ? SearchJobs(store: store, storage: storage, launcher: launcher, log: log) : nil
        self.starter = starter
        self.catalogue = catalogue
        self.store = store
        self.storage = storage
        self.log = log
        times = RunningTimes(storage)
        outputs = HeldOutputs(storage)
        kill = configuration.kill
        settling = SettleExecutions(store: store, storage: storage, launcher: launcher, log: log)
        requests = KillRequestWriter(store: store, storage: storage, list: nil, log: log)
        kills = ActiveKills(reader: reader, storage: storage)
    }

    /// Replaces the configuration, except for the limit of logs. Kills in progress keep their plan.
    package func use(_ configuration: Configuration) {
        catalogue.use(configuration)
        kill = configuration.kill
        dueAt = .min
    }

    /// Whether a kill is in progress that this broker should finish.
    ///
    /// Ignores stuck kills, and kills whose supervisor has not exited within 2 s. Later passes handle both.
    package var isKilling: Bool {
        let now = Clock.boottimeMilliseconds()
        return kills.uuids.contains { uuid in
            !stuck.contains(uuid) && finishedAt[uuid].map { now - $0 < Self.supervisorExitTimeout } ?? true
        }
    }

    /// The number of kills in progress.
    package var killCount: Int { kills.uuids.count }

    /// Runs one pass.
    ///
    /// - Parameter readingStore: If false, the pass covers only executions that were running after the last one. It
    ///   does not read other executions or new kill requests from the store.
    /// - Parameter changes: Names the jobs to look at; nil to look at all.
    /// - Returns: Number of executions that are still running.
    /// - Throws: ``StoreError``. Kills in progress have been advanced by then.
    @discardableResult
    package func run(readingStore: Bool = true, of changes: JobChanges? = nil) throws -> Int {
        do {
            let open = try look(readingStore, changes)
            // After the signals, because it reads a directory that grows with the history.
            guard readingStore, let searching else { return open }
            guard try searching.runIfDue(isKilling: isKilling, without: Set(running.map(\.uuid))) > 0 else {
                return open
            }
            lastCounter = nil
            return try look(true, changes)
        } catch {
            // What this pass has not come to is for the next one.
            changes?.expectAll()
            lastCounter = nil
            throw error
        }
    }

    private func look(_ readingStore: Bool, _ changes: JobChanges?) throws -> Int {
        changes?.read()
        var isRead = false
        let known = kills.uuids
        let unchanged = known.filter { changes?.isUnchanged($0) ?? false }
        let (results, seen) = kills.advanceAll(unchanged: Set(unchanged))
        // Another broker has taken a kill over. It may end before the kill does.
        if seen.uuids.count + seen.waiting.count < known.count { dueAt = .min }
        report(results)
        if readingStore {
            if store.mustBeReopened { throw StoreError.unusable(.replaced, "start the broker again") }
            isRead = try readRunning(isForced: changes == nil)
        }
        // Before the ends. If the store fails, the next pass appends them.
        try recordSignals()
        if let changes, !isRead, seen.uuids.isEmpty, !changes.hasNews, Clock.boottimeMilliseconds() < dueAt {
            return running.count
        }
        let open = try settle(running, changes, seen)
        hasLeftOut = open.count < running.count
        running = open
        let uuids = Set(open.map(\.uuid))
        kills.keep(uuids)
        times.keep(uuids)
        if !(changes?.isBrief ?? false) { outputs.hold(uuids, isForced: changes == nil) }
        finishedAt = finishedAt.filter { uuids.contains($0.key) }
        stuck.formIntersection(uuids)
        remarks = remarks.filter { uuids.contains($0.key) }
        var begun: Set<JobUUID> = []
        dueAt = min(Clock.boottimeMilliseconds() + Self.dueInterval, outputs.dueAt)
        for (index, job) in open.enumerated() {
            let (execution, uuid) = (job.execution, job.uuid)
            guard let requester = try execution.intendedToKillBy ?? requestKillAfterTimeout(execution, uuid) else {
                continue
            }
            if execution.intendedToKillBy == nil { running[index] = job.intendedToKill(by: requester) }
            guard !kills.contains(uuid) else { continue }
            logErrors(of: uuid) {
                let method = KillMethod(catalogue[execution.command], default: kill)
                if try kills.begin(uuid, for: requester, by: method) { begun.insert(uuid) }
            }
            // A kill that cannot begin is tried again in the next pass.
            if !begun.contains(uuid) { dueAt = .min }
        }
        // Together, so that a thousand kills that begin take no longer than one.
        if !begun.isEmpty {
            report(kills.advance(begun))
            try recordSignals()
        }
        if let starter, isRead || hasLeftOut {
            hasQueued = try !store.queued(on: storage.serverUUID).isEmpty
            if hasQueued { starter.wake() }
        }
        return open.count
    }

    /// Reads the running executions, unless the store is as it was when they were last read. After a while they are read
    /// in any case.
    ///
    /// - Returns: Whether they were read.
    private func readRunning(isForced: Bool) throws(StoreError) -> Bool {
        // Before the rows, so that a change in between counts for the next pass.
        let (counter, now) = (store.changeCounter, Clock.boottimeMilliseconds())
        isStoreCounting = counter != nil
        let interval = hasLeftOut || hasQueued ? BrokerWatch.storeInterval : Self.unchangedInterval
        guard isForced || counter == nil || counter != lastCounter || now - countedAt >= interval else { return false }
        running = try store.running(on: storage.serverUUID).compactMap(RunningExecution.init)
        (lastCounter, countedAt) = (counter, now)
        return true
    }

    /// Settles the executions that may have ended.
    ///
    /// - Returns: The executions that are still running, in the same order.
    private func settle(
        _ executions: [RunningExecution], _ changes: JobChanges?, _ seen: ActiveKills.Seen
    ) throws -> [RunningExecution] {
        guard let changes else { return try settling.settle(executions, reader: reader, seen) }
        let uuids = executions.map(\.uuid)
        // A kill changes processes, which is not announced.
        let killed = Set(executions.lazy.filter { $0.execution.intendedToKillBy != nil }.map(\.uuid))
        let taken = changes.take(of: uuids).union(killed.subtracting(seen.waiting))
        changes.watch(taken, among: Set(uuids), killing: killed)
        let found = try settling.settle(executions.filter { taken.contains($0.uuid) }, reader: reader, seen)
        guard found.count < taken.count else { return executions }
        let open = Set(found.map(\.uuid))
        return executions.filter { !taken.contains($0.uuid) || open.contains($0.uuid) }
    }

    /// Reads the running executions in the next pass, even if the store says that nothing has changed.
    func expectRequests() {
        lastCounter = nil
    }

    /// Searches for lost executions in the next pass, because the store has not answered.
    func expectLostExecutions() {
        searching?.expectLostExecutions()
    }

    /// Waits until the starts of queued executions that the last pass asked for are done, or take too long.
    func finishStarting() {
        starter?.finish(within: 15_000)
    }

    private func recordSignals() throws(StoreError) {
        sent += kills.takeSent()
        // Those of one requester together, because each transaction waits for the disk.
        while let actor = sent.first?.actor {
            try store.append(sent.filter { $0.actor == actor }.map(\.event), by: actor)
            sent.removeAll { $0.actor == actor }
        }
    }

    /// Leaves the kills in progress to the broker that has replaced this one.
    func leaveKills() {
        kills.keep([])
    }

    /// Logs errors instead of throwing them. A broken file of one job must not delay the others, and a store that does
    /// not answer must not delay a signal.
    private func logErrors(of uuid: JobUUID, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            log.error("broker pass failed for a job", metadata: ["job": "\(uuid)", "error": "\(error)"])
        }
    }

    /// - Returns: nil if the timeout of the command has not passed.
    private func requestKillAfterTimeout(_ execution: Execution, _ uuid: JobUUID) throws -> KillRequester? {
        let timeout = CommandTimeout(catalogue[execution.command]?.options.timeout)
        guard let left = timeout.left(after: times.milliseconds(of: uuid)) else { return nil }
        dueAt = min(dueAt, Clock.boottimeMilliseconds() + min(left, Self.dueInterval))
        guard left == 0,
            try requests.write(uuid, on: storage.serverUUID, by: .timeout, AuditActor(.timeout, of: storage))
        else { return nil }
        log.notice("execution timed out", metadata: ["job": "\(uuid)", "after": "\(timeout.seconds ?? 0) s"])
        return .timeout
    }

    private func report(_ results: ActiveKills.Results) {
        for (uuid, result) in results { logErrors(of: uuid) { try report(result.get(), of: uuid) } }
    }

    private func report(_ progress: JobKill.Progress, of uuid: JobUUID) throws {
        switch progress {
        case .active:
            finishedAt[uuid] = nil
        case .refused(let processes):
            finishedAt[uuid] = nil
            if remarks[uuid] == nil {
                log.error("processes cannot be signalled", metadata: ["job": "\(uuid)", "left": "\(processes)"])
            }
            try remark("cannot be signalled: " + processes.joined(separator: ", "), on: uuid)
        case .finished:
            // The supervisor exits when it has reaped the last process. The next pass settles the execution.
            finishedAt[uuid] = finishedAt[uuid] ?? Clock.boottimeMilliseconds()
            stuck.remove(uuid)
            try remark(nil, on: uuid)
        case .stuck(let survivors):
            if stuck.insert(uuid).inserted {
                log.error("processes survived a kill", metadata: ["job": "\(uuid)", "left": "\(survivors)"])
            }
            try remark("not killed: " + survivors.joined(separator: ", "), on: uuid)
        }
    }

    /// Stores a remark about an execution, unless it is stored already; nil removes it.
    private func remark(_ text: String?, on uuid: JobUUID) throws(StoreError) {
        guard remarks[uuid] != text else { return }
        try store.note(uuid, reason: text)
        remarks[uuid] = text
    }
}
