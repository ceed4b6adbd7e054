import Foundation
import Logging
import Synchronization

/// Has what waits started by a thread of its own, so that no kill waits for a start: a command's directory, or a file
/// that it is given, may be on a file server that does not answer.
package final class QueueStarter: Sendable {
    private struct State {
        var hasThread = false
        var isAsked = false
    }

    private let starting: StartQueued
    private let log: Logger
    private let state = Mutex(State())
    /// Signalled when it is asked for something new.
    private let asked = DispatchSemaphore(value: 0)
    /// Holds what it was asked for and has not done yet.
    private let open = DispatchGroup()

    /// A starter; its thread begins when there is something to do, and ends with the process.
    package init(_ starting: StartQueued, log: Logger) {
        self.starting = starting
        self.log = log
    }

    /// Has it look at what waits; at once, or again after the look that it is at.
    func wake() {
        let isFirst = state.withLock { state -> Bool? in
            guard !state.isAsked else { return nil }
            state.isAsked = true
            defer { state.hasThread = true }
            return !state.hasThread
        }
        guard let isFirst else { return }
        open.enter()
        asked.signal()
        if isFirst { Thread.detachNewThread { self.work() } }
    }

    /// Waits until it has done what it was asked for.
    ///
    /// - Parameter milliseconds: No longer than that. What is left then waits on, and whoever is broker next starts it.
    func finish(within milliseconds: Int) {
        if open.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
            log.warning("what waits could not all be started", metadata: ["after": "\(milliseconds) ms"])
        }
    }

    private func work() -> Never {
        let outage = Outage(log: log)
        while true {
            asked.wait()
            state.withLock { $0.isAsked = false }
            do throws(StoreError) {
                try starting.start()
                outage.ended()
            } catch {
                outage.goesOn(error)
            }
            open.leave()
        }
    }
}
