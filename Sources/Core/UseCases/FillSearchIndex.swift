import Logging

/// Adds executions to the index of searches while a broker on watch has nothing else to do. Belongs to one thread.
///
/// It does so in slices. Between two of them others can write, and the broker looks for news. So no kill waits for more
/// than one slice.
final class FillSearchIndex {
    /// Missing executions from which on it begins, because each transaction takes as long as many of them.
    static let begin = 500
    /// Milliseconds that a slice may take, without its commit.
    static let slice: Int64 = 2
    /// Milliseconds between two slices. A slice and its commit take about 5 ms, so that other writers rarely meet one.
    static let pause: Int64 = 20
    /// Milliseconds between two searches for missing executions.
    private static let interval: Int64 = 1000
    /// Milliseconds until the next try after a failure.
    private static let failureInterval: Int64 = 60_000

    private let store: any ExecutionStore
    private let log: Logger
    /// In milliseconds of the boot clock.
    private var dueAt = Int64.min

    init(store: any ExecutionStore, log: Logger) {
        self.store = store
        self.log = log
    }

    /// Whether executions may be missing.
    var isDue: Bool { Clock.boottimeMilliseconds() >= dueAt }

    /// Adds a slice if enough executions are missing.
    func addSlice() {
        let now = Clock.boottimeMilliseconds()
        do throws(StoreError) {
            dueAt = try store.indexSearch(atLeast: Self.begin, within: Self.slice) ? now : now + Self.interval
        } catch {
            // Searches find the missing executions in any case.
            log.warning("index of searches could not be filled", metadata: ["error": "\(error)"])
            dueAt = now + Self.failureInterval
        }
    }
}
