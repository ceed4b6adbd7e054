import Core
import Dispatch
import Glibc
import Synchronization

/// Lets one thread of this process write at a time, and limits how long a thread waits for the other threads and for
/// other processes together.
///
/// SQLite waits per connection. Without this, eight threads would wait one after the other, and the last of them eight
/// times as long as the first. Its client would be gone by then.
final class WriterQueue: Sendable {
    /// Milliseconds that a write waits.
    static let timeout: Int64 = 10_000
    /// Milliseconds that a write waits after another one has waited in vain.
    private static let timeoutWhileBlocked: Int64 = 100

    /// Maximum number of writes in one transaction, so that the first does not wait long for the last.
    private static let groupLimit = 32

    /// How often SQLite tries again after half a millisecond.
    private static let quickTries = 20

    private let turn = DispatchSemaphore(value: 1)
    /// The writes that no thread has begun.
    private let pending = Mutex<[PendingWrite]>([])
    /// When the current write gives up, in milliseconds of the boot clock.
    private let deadline = Atomic<Int64>(0)
    /// Whether the last write waited in vain.
    private let isBlocked = Atomic(false)
    private let timeout: Int64

    init(timeout: Int64 = WriterQueue.timeout) {
        self.timeout = timeout
    }

    /// Runs `body` when no other thread writes.
    ///
    /// - Throws: `StoreError.unavailable` if other threads take too long.
    func exclusively<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        let begun = Clock.boottimeMilliseconds()
        guard waitForTurn() else { throw tooLate }
        defer { turn.signal() }
        beginTurn(after: begun)
        return try body()
    }

    /// Commits a write, together with those of other threads that wait. So they share the time of the disk.
    ///
    /// - Parameter commit: Runs and ends several writes in one transaction.
    /// - Throws: `StoreError.unavailable` if other threads take too long, and what made the write fail.
    func write(_ own: PendingWrite, by commit: ([PendingWrite]) -> Void) throws(StoreError) {
        let begun = Clock.boottimeMilliseconds()
        pending.withLock { $0.append(own) }
        guard waitForTurn() else {
            let isWithdrawn = pending.withLock { pending in
                let count = pending.count
                pending.removeAll { $0 === own }
                return pending.count < count
            }
            if isWithdrawn { throw tooLate }
            // Another thread commits it now, and gives up in time.
            own.end.wait()
            return try own.finish()
        }
        defer { turn.signal() }
        if !own.isDone {
            beginTurn(after: begun)
            let group = pending.withLock { pending in
                let group = pending.prefix(Self.groupLimit)
                pending.removeFirst(group.count)
                // The own one counts in any case, or this thread would have to wait for another turn.
                guard let index = pending.firstIndex(where: { $0 === own }) else { return Array(group) }
                return group + [pending.remove(at: index)]
            }
            commit(group)
        }
        try own.finish()
    }

    /// Number of writes that no thread has begun.
    var waiting: Int { pending.withLock { $0.count } }

    private func waitForTurn() -> Bool {
        turn.wait(timeout: .now() + .milliseconds(Int(timeout))) == .success
    }

    private var tooLate: StoreError {
        .unavailable("another writer has not finished within \(timeout / 1000) s")
    }

    /// - Parameter begun: When the write began to wait, in milliseconds of the boot clock.
    private func beginTurn(after begun: Int64) {
        // One try, even if the time is over: it costs nothing, and the lock may be free.
        let now = Clock.boottimeMilliseconds()
        let own = isBlocked.load(ordering: .relaxed) ? now + Self.timeoutWhileBlocked : begun + timeout
        deadline.store(own, ordering: .relaxed)
    }

    /// SQLite's busy handler (sqlite3_busy_handler). Another process writes.
    ///
    /// - Parameter tries: How often it was called for this lock.
    /// - Returns: Whether SQLite tries again.
    func waitForOtherProcess(tries: Int) -> Bool {
        guard Clock.boottimeMilliseconds() < deadline.load(ordering: .relaxed) else {
            isBlocked.store(true, ordering: .relaxed)
            return false
        }
        // Most writes take a few milliseconds. A sleep that grows from the first try on would last as long again.
        let grown = max(0, tries - Self.quickTries)
        usleep(grown == 0 ? 500 : UInt32(min(1 << min(grown, 5), 25)) * 1000)
        return true
    }

    /// A write has the lock.
    func hasBegun() {
        if isBlocked.load(ordering: .relaxed) { isBlocked.store(false, ordering: .relaxed) }
    }
}
