import CSystem
import Glibc
import Logging

/// Runs broker passes for some time. Cron starts a watch every minute, and the responder starts one for each kill
/// request.
package struct BrokerWatch {
    /// Milliseconds between two passes if nothing happens.
    package static let interval: Int64 = 250
    /// Milliseconds between two passes if every change is announced, and nothing is due before.
    private static let quietInterval: Int64 = 1000
    /// Milliseconds between two reads of the store as long as the kill list answers.
    package static let storeInterval: Int64 = 1000
    /// Milliseconds that a broker watches for a supervisor. Jobs that end meanwhile start no broker of their own.
    package static let settlingDuration: Int64 = 500
    /// Milliseconds that another broker waits for it. It watches longer if it kills.
    static let settlerTimeout: Int64 = 60_000
    /// Milliseconds between two passes during a kill.
    private static let killInterval: Int64 = 50
    /// With more kills than this in progress, the broker rests after each pass for as long as the pass took, within limits.
    /// Each pass reads all processes. Meanwhile requests arrive that the next pass takes together, and jobs end.
    private static let fewKills = 8
    /// In milliseconds.
    private static let longestRest: Int64 = 200
    /// Minimum milliseconds between two passes because of news of jobs. Jobs that end meanwhile share a pass and a
    /// transaction. A call for the broker, as for a kill, is answered at once.
    private static let newsInterval: Int64 = 10

    private let pass: BrokerPass
    private let heartbeat: Heartbeat
    private let storage: Storage
    private let store: any ExecutionStore
    private let killList: KillListListener?
    private let storeInterval: Int64
    private let outage: Outage
    private let isSettler: Bool
    private let filling: FillSearchIndex?
    private let log: Logger

    /// - Parameters:
    ///   - pass: The pass that it repeats.
    ///   - heartbeat: Registers the instance.
    ///   - storage: The instance.
    ///   - store: Its store.
    ///   - killList: Announces kill requests; nil if they are only in the store.
    ///   - storeInterval: Milliseconds between two reads of the store as long as the kill list answers.
    ///   - isSettler: Whether a supervisor has started this broker. Nobody reads its log, so it only settles, kills and
    ///     starts. It registers nothing, and leaves the index of searches to others.
    ///   - log: Receives failures.
    package init(
        pass: BrokerPass, heartbeat: Heartbeat, storage: Storage, store: any ExecutionStore,
        killList: (any KillList)? = nil,
        storeInterval: Int64 = Self.storeInterval, isSettler: Bool = false, log: Logger
    ) {
        self.isSettler = isSettler
        filling = isSettler ? nil : FillSearchIndex(store: store, log: log)
        self.pass = pass
        self.store = store
        self.heartbeat = heartbeat
        self.storage = storage
        self.storeInterval = storeInterval
        self.log = log
        outage = Outage(log: log)
        self.killList = killList.map { KillListListener($0, on: storage.serverUUID, log: log) }
    }

    /// Why the store did not answer in the last pass; nil if it did.
    package var outageReason: StoreError? { outage.current }

    /// Watches for some time, and longer if a kill is in progress.
    ///
    /// - Parameters:
    ///   - milliseconds: Duration of the watch; 0 for one pass.
    ///   - waitsForSettler: Whether to wait for a broker that a supervisor has started, and that watches for a moment.
    ///   - isWanted: Called after every pass. The watch ends early if it returns false.
    /// - Returns: false if another broker watches, so that this one did nothing.
    /// - Throws: ``SystemError``.
    package func run(
        for milliseconds: Int64, waitsForSettler: Bool = false, while isWanted: () -> Bool = { true }
    ) throws -> Bool {
        let begun = Clock.boottimeMilliseconds()
        let deadline = begun + milliseconds
        let isBrief = milliseconds == 0
        var hasWatched = false
        repeat {
            var end = try watch(until: deadline, isBrief: isBrief, while: isWanted)
            while waitsForSettler, case .none = end, storage.isSettlerWatching,
                Clock.boottimeMilliseconds() - begun < Self.settlerTimeout
            {
                usleep(20_000)
                end = try watch(until: deadline, isBrief: isBrief, while: isWanted)
            }
            let changes: JobChanges
            switch end {
            case .none:
                pass.finishStarting()
                return hasWatched
            case .replaced:
                // Another broker carries out the kills, and settles.
                pass.leaveKills()
                return true
            case .over(let last):
                hasWatched = true
                changes = last
            }
            // The run lock is free now. A process that saw it held a moment ago left its work to this broker, so run
            // one more pass. It settles a record that was written in between, and a kill leads to another watch. The
            // kernel has announced the records meanwhile.
            pass.expectRequests()
            if try runPass(readingStore: true, of: changes), !pass.isKilling { filling?.addSlice() }
        } while pass.isKilling
        pass.finishStarting()
        return true
    }

    /// How a watch ended.
    private enum End {
        /// Another broker watches, so there was no watch.
        case none
        /// The time is over, or the watch is not wanted any more. What it has watched is still announced.
        case over(JobChanges)
        /// Another broker has taken the watch over, because this one was stopped for some time.
        case replaced
    }

    /// Watches while it holds the run lock.
    private func watch(until deadline: Int64, isBrief: Bool, while isWanted: () -> Bool) throws -> End {
        guard let lock = try WatchLock.take(in: storage) else { return .none }
        let changes = JobChanges(storage, isBrief: isBrief) { error in
            log.info("records are polled", metadata: ["reason": "\(error)"])
        }
        var isStoreDue = true
        var storeReadAt = Clock.boottimeMilliseconds()
        var isNotified = false
        var hasJobNews = false
        while true {
            guard !lock.isReplaced else { return .replaced }
            lock.beat()
            let begun = Clock.boottimeMilliseconds()
            let succeeded = try runPass(readingStore: isStoreDue, of: changes)
            if succeeded, isStoreDue {
                storeReadAt = begun
                killList?.removeAnnounced()
            }
            let now = Clock.boottimeMilliseconds()
            if now >= deadline || !isWanted(), !pass.isKilling { return .over(changes) }
            if pass.killCount > Self.fewKills { usleep(UInt32(min(now - begun, Self.longestRest)) * 1000) }
            // Polled after the pass, so that a list that does not answer delays no signal.
            let hasNews = killList?.poll(isReadable: isNotified) ?? false
            let longest =
                succeeded ? interval(of: changes, storeReadAt: storeReadAt, now: now) : Self.interval
            let interval = pass.isKilling ? Self.killInterval : min(longest, deadline - now)
            var isDue = hasNews
            if hasJobNews, !pass.isKilling, !isDue { isDue = try rest(until: begun + Self.newsInterval, changes) }
            let woken = try wait(
                for: changes, milliseconds: isDue ? 0 : max(interval, 0),
                filling: succeeded && !pass.isKilling)
            isNotified = woken.byList
            hasJobNews = woken.byJob
            isStoreDue =
                !succeeded || !(killList?.isAvailable ?? false) || hasNews || isNotified || woken.byJob
                || Clock.boottimeMilliseconds() - storeReadAt >= storeInterval
        }
    }

    /// Milliseconds until the next pass if nothing happens. Each waking of an idle machine costs more than the pass.
    private func interval(of changes: JobChanges, storeReadAt: Int64, now: Int64) -> Int64 {
        // Only programs of this machine write to a store that counts its changes, and they call the broker.
        let announcesKills = killList.map { $0.isAvailable && $0.descriptor != nil } ?? pass.isStoreCounting
        // What is left of a job that is being killed is looked at more often.
        guard changes.isAnnouncing, announcesKills, pass.killCount == 0 else { return Self.interval }
        let due = max(now, min(pass.dueAt, changes.firstDueAt, storeReadAt + Self.quietInterval))
        return max(Self.interval, due - now)
    }

    /// Waits for a change of a job or a notification of the kill list.
    ///
    /// - Parameter fills: Whether to fill the index of searches meanwhile.
    private func wait(
        for changes: JobChanges, milliseconds: Int64, filling fills: Bool
    ) throws(SystemError) -> (byJob: Bool, byList: Bool) {
        let end = Clock.boottimeMilliseconds() + milliseconds
        while fills, let filling, filling.isDue {
            let left = end - Clock.boottimeMilliseconds()
            let woken = try wait(for: changes, milliseconds: max(0, min(left, FillSearchIndex.pause)))
            if woken.byJob || woken.byList || left <= FillSearchIndex.pause { return woken }
            filling.addSlice()
        }
        return try wait(for: changes, milliseconds: max(0, end - Clock.boottimeMilliseconds()))
    }

    private func wait(
        for changes: JobChanges, milliseconds: Int64
    ) throws(SystemError) -> (byJob: Bool, byList: Bool) {
        let jobs = changes.descriptors
        let readable = try readable(of: jobs + [killList?.descriptor].compactMap(\.self), within: milliseconds)
        let list: Int32 = 1 << jobs.count
        return (readable & (list - 1) != 0, readable & list != 0)
    }

    /// Waits until a time of the boot clock, while only a kill or another call for the broker counts.
    ///
    /// - Returns: Whether there was one.
    private func rest(until end: Int64, _ changes: JobChanges) throws(SystemError) -> Bool {
        let left = end - Clock.boottimeMilliseconds()
        guard left > 0 else { return false }
        return try readable(of: [changes.callDescriptor] + [killList?.descriptor].compactMap(\.self), within: left) != 0
    }

    /// The descriptors that become readable in time, as a bit for each.
    private func readable(of descriptors: [Int32], within milliseconds: Int64) throws(SystemError) -> Int32 {
        try valueOrErrno("poll", on: storage.jobs) {
            system_await(descriptors, Int32(descriptors.count), Int32(milliseconds))
        }
    }

    /// Runs a pass. A store that does not answer may answer in the next pass, and nothing is lost until then.
    ///
    /// - Parameter changes: Names the jobs to look at; nil to look at all.
    /// - Returns: Whether the store answered.
    @discardableResult
    private func runPass(readingStore: Bool, of changes: JobChanges? = nil) throws -> Bool {
        do {
            // If the store does not answer, the pass still advances the kills in progress.
            let isUnknown = (try? heartbeat.check()) == nil
            guard heartbeat.conflict == nil else {
                // The executions belong to the living copy.
                if !isSettler { try heartbeat.beat() }
                return false
            }
            try pass.run(readingStore: readingStore, of: changes)
            if isUnknown { try heartbeat.check() }
            if !isSettler { try heartbeat.beat() }
            outage.end()
            return true
        } catch let error as StoreError {
            // The next broker opens the files that stand there now.
            if case .unusable(.replaced, _) = error { throw error }
            outage.report(error)
            pass.expectLostExecutions()
            return false
        }
    }
}
