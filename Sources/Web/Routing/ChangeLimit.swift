import Core
import Dispatch
import Synchronization

/// Keeps some threads free of requests that change something, because these may have to wait for a store in which
/// another program writes. Polls and the history then go on.
final class ChangeLimit: Sendable {
    /// Seconds that a request waits for the others. They usually take milliseconds.
    private static let timeout = 1.0

    private let slots: DispatchSemaphore
    /// Whether a request has waited in vain since the last one was answered. Then others do not wait at all.
    private let isStuck = Atomic(false)

    /// - Parameter threads: Number of requests that are answered at the same time. A quarter of them stays free.
    init(threads: Int) {
        slots = DispatchSemaphore(value: max(1, threads - max(1, threads / 4)))
    }

    /// Answers a request that changes something.
    ///
    /// - Throws: ``HTTPError`` with 503 if too many others wait; what `body` throws.
    func limit<Value>(_ body: () throws -> Value) throws -> Value {
        let timeout = isStuck.load(ordering: .relaxed) ? 0 : Self.timeout
        guard slots.wait(timeout: .now() + timeout) == .success else {
            isStuck.store(true, ordering: .relaxed)
            throw HTTPError.busy(Sentence("store.busy", "The store is busy. Try again in a few seconds."))
        }
        defer {
            isStuck.store(false, ordering: .relaxed)
            slots.signal()
        }
        return try body()
    }
}
