import CSystem
import Foundation
import Synchronization

/// Starts a broker pass for work that must not wait for cron, unless a broker will see the work anyway.
///
/// A broker needs much longer to start than a request takes. So one start serves all requests that come until that
/// broker has begun. Every request is in the store before it comes here, and a broker reads the store after it has
/// taken the run lock, and once more after it has released it.
final class BrokerStarter: Sendable {
    private struct State {
        /// When a broker was started that may not have taken the run lock yet, in milliseconds of the boot clock; nil
        /// if there is none.
        var startedAt: Int64?
        /// Whether a request came meanwhile.
        var isWanted = false
    }

    private let state = Mutex(State())
    private let storage: Storage
    private let start: @Sendable () throws(SystemError) -> pid_t
    private let startTimeout: Int32

    /// - Parameters:
    ///   - startTimeout: Milliseconds after which a broker that has not taken the lock may be about to end, and not
    ///     about to begin; -1 for no limit.
    ///   - start: Starts a broker that runs one pass, and returns its pid.
    init(
        _ storage: Storage, startTimeout: Int32 = 1000,
        start: @escaping @Sendable () throws(SystemError) -> pid_t
    ) {
        self.storage = storage
        self.startTimeout = startTimeout
        self.start = start
    }

    /// Makes sure that a broker reads the store after this call.
    func wake() throws(SystemError) {
        guard !storage.isBrokerWatching else { return storage.wakeBroker() }
        let isFirst = state.withLock { state in
            let now = Clock.boottimeMilliseconds()
            // The thread that ends a start may be held up.
            let isLate = startTimeout >= 0 && state.startedAt.map { now - $0 > 2 * Int64(startTimeout) } ?? false
            guard state.startedAt == nil || isLate else {
                state.isWanted = true
                return false
            }
            state = State(startedAt: now)
            return true
        }
        guard isFirst else { return }
        do throws(SystemError) {
            let pid = try start()
            // A CGI program ends before its child. Then init waits for the child.
            ChildProcess.leave(pid, reapingOnThread: false)
            // Without the thread, the next request starts another broker.
            if (try? Threads.start { self.follow(pid) }) == nil, endStart() { try wake() }
        } catch {
            _ = endStart()
            throw error
        }
    }

    private func follow(_ pid: pid_t) {
        let opened = system_pidfd_open(pid)
        if opened >= 0 {
            let pidfd = Descriptor(owning: opened)
            _ = system_await([pidfd.number], 1, startTimeout)
        }
        if endStart() { try? wake() }
        ChildProcess.leave(pid)
    }

    /// - Returns: Whether a request came during the start.
    private func endStart() -> Bool {
        state.withLock { state in
            defer { state = State() }
            return state.isWanted
        }
    }
}
