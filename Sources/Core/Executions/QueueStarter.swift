import Foundation
import Logging
import Synchronization

/// Starts queued executions on a thread of its own.
///
/// So no kill has to wait for a start. The directory or a file of a command may be on a file server that does not
/// answer.
package final class QueueStarter: Sendable {
    private struct State {
        var hasThread = false
        var isRequested = false
        /// Whether the log says that no thread could be started.
        var isReported = false
    }

    private let starting: StartQueued
    private let log: Logger
    private let state = Mutex(State())
    /// Signalled by a new request.
    private let requests = DispatchSemaphore(value: 0)
    /// Holds the requests that are not done.
    private let pending = DispatchGroup()

    /// The thread begins with the first request that finds room for a thread, and ends with the process.
    package init(_ starting: StartQueued, log: Logger) {
        self.starting = starting
        self.log = log
    }

    /// Requests a start of queued executions: now, or again after the one in progress.
    func wake() {
        state.withLock { state in
            guard !state.isRequested else { return }
            if !state.hasThread { startThread(&state) }
            // Without a thread the next pass tries again. To start executions on this thread would delay kills.
            guard state.hasThread else { return }
            state.isRequested = true
            pending.enter()
            requests.signal()
        }
    }

    private func startThread(_ state: inout State) {
        do throws(SystemError) {
            try Threads.start { self.work() }
            state.hasThread = true
        } catch {
            if !state.isReported { log.error("queued executions cannot be started", metadata: ["error": "\(error)"]) }
            state.isReported = true
        }
    }

    /// Waits until all requests are done.
    ///
    /// - Parameter milliseconds: Maximum duration. Executions that are left stay queued for the next broker.
    func finish(within milliseconds: Int) {
        if pending.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
            log.warning("queued executions could not all be started", metadata: ["after": "\(milliseconds) ms"])
        }
    }

    private func work() -> Never {
        let outage = Outage(log: log)
        while true {
            requests.wait()
            state.withLock { $0.isRequested = false }
            do throws(StoreError) {
                try starting.start()
                outage.end()
            } catch {
                outage.report(error)
            }
            pending.leave()
        }
    }
}
