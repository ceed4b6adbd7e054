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

    private let turn = DispatchSemaphore(value: 1)
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
    func write<Value>(_ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        let begun = Clock.boottimeMilliseconds()
        guard turn.wait(timeout: .now() + .milliseconds(Int(timeout))) == .success else {
            throw .unavailable("another writer has not finished within \(timeout / 1000) s")
        }
        defer { turn.signal() }
        let now = Clock.boottimeMilliseconds()
        // One try, even if the time is over: it costs nothing, and the lock may be free.
        let own = isBlocked.load(ordering: .relaxed) ? now + Self.timeoutWhileBlocked : begun + timeout
        deadline.store(own, ordering: .relaxed)
        return try body()
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
        usleep(UInt32(min(1 << min(tries, 5), 25)) * 1000)
        return true
    }

    /// A write has the lock.
    func hasBegun() {
        if isBlocked.load(ordering: .relaxed) { isBlocked.store(false, ordering: .relaxed) }
    }
}
