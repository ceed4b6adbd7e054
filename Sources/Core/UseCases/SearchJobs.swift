import Logging

/// Searches the directory of the jobs for what the rows do not show: executions that the store has lost, and output
/// without a collector. Belongs to one thread.
///
/// The directory grows with the history. So both share one reading of it, at most once a minute, and kills come first.
final class SearchJobs {
    private let adopting: AdoptExecutions
    private let collecting: CollectAbandonedOutput?
    private let storage: Storage
    private let log: Logger
    /// When the last regular search was, and since when the next one gives way to kills, in milliseconds of the boot
    /// clock.
    private var searchedAt: Int64?
    private var delayedAt: Int64?
    /// Whether the store did not answer since then. PostgreSQL may have failed over to a standby that lagged behind.
    private var isAfterOutage = false
    /// Whether the next regular search covers all jobs, because the store did not answer.
    private var coversAll = false
    /// Milliseconds between two searches.
    private static let interval: Int64 = 60_000
    /// Milliseconds for which a search gives way to kills. A kill may take long.
    private static let delayMax: Int64 = 1000

    /// - Parameter launcher: Starts collectors; nil to start none.
    init(store: any ExecutionStore, storage: Storage, launcher: Launcher?, log: Logger) {
        self.storage = storage
        self.log = log
        adopting = AdoptExecutions(store: store, storage: storage, log: log)
        collecting = launcher.map { CollectAbandonedOutput(storage: storage, launcher: $0, log: log) }
    }

    /// Searches at once when the store answers again, because it has not answered.
    func expectLostExecutions() {
        isAfterOutage = true
        coversAll = true
    }

    /// Searches if that is due.
    ///
    /// - Parameters:
    ///   - isKilling: Whether a kill is in progress.
    ///   - running: The executions that the store says are running. A pass takes care of them.
    /// - Returns: Number of adopted executions.
    func runIfDue(isKilling: Bool, without running: @autoclosure () -> Set<JobUUID>) throws(StoreError) -> Int {
        let now = Clock.boottimeMilliseconds()
        let isDue = searchedAt.map { now - $0 >= Self.interval } ?? true
        guard isDue || isAfterOutage else { return 0 }
        if isKilling, now - (delayedAt ?? now) < Self.delayMax {
            delayedAt = delayedAt ?? now
            return 0
        }
        delayedAt = nil
        let running = running()
        var adopted = 0
        do {
            let listing = try JobListing(of: storage, AdoptExecutions.records + CollectAbandonedOutput.outputs)
            if isDue { collecting?.run(in: listing, without: running) }
            // At once after an outage, but all jobs at most once a minute: a server may fail every few seconds.
            adopted = try adopting.adopt(all: isDue && coversAll, from: listing, without: running)
            if isDue { coversAll = false }
        } catch let error as StoreError {
            throw error
        } catch {
            log.error("lost executions could not be looked for", metadata: ["error": "\(error)"])
        }
        isAfterOutage = false
        if isDue { searchedAt = now }
        return adopted
    }
}
