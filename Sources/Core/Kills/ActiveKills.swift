import Foundation
import Synchronization

/// The kills that a broker sees to.
///
/// The broker takes their steps in its looks. A look may be held up by a store that hangs, for seconds: then a thread of
/// its own takes them, so that a signal comes when it is due whatever the network does.
final class ActiveKills: Sendable {
    private struct State {
        var kills: [JobUUID: JobKill] = [:]
        /// When the last look took steps, in milliseconds of the boot clock.
        var steppedAt = Int64.min / 2
        var hasFallbackThread = false
    }

    private let state = Mutex(State())
    /// Milliseconds without a look after which the deputy takes the steps; a broker that kills looks more often.
    private static let timeout: Int64 = 250

    /// Those of which a kill is under way.
    var uuids: [JobUUID] { state.withLock { Array($0.kills.keys) } }

    /// Whether a kill of this job is.
    func contains(_ uuid: JobUUID) -> Bool { state.withLock { $0.kills[uuid] != nil } }

    /// Sees to a kill from now on, unless another broker does.
    func begin(_ uuid: JobUUID, for requester: KillRequester, _ plan: KillPlan, in storage: Storage) throws(SystemError)
    {
        let needsFallbackThread = try state.withLock { state throws(SystemError) in
            guard let kill = try JobKill.begin(uuid, for: requester, plan, in: storage) else { return false }
            state.kills[uuid] = kill
            defer { state.hasFallbackThread = true }
            return !state.hasFallbackThread
        }
        if needsFallbackThread { Thread.detachNewThread { self.advanceDuringHangs() } }
    }

    /// Takes the next step of one if it is time for it; nil if there is none.
    func advance(_ uuid: JobUUID) throws(SystemError) -> JobKill.Progress? {
        try state.withLock { state throws(SystemError) in
            state.steppedAt = Clock.boottimeMilliseconds()
            return try state.kills[uuid]?.advance()
        }
    }

    /// Lets go of all others.
    func keep(_ uuids: Set<JobUUID>) {
        state.withLock { state in state.kills = state.kills.filter { uuids.contains($0.key) } }
    }

    /// The deputy: until there is nothing to kill. What a step says, or fails with, the next look will be told again.
    private func advanceDuringHangs() {
        var isNeeded = true
        while isNeeded {
            Thread.sleep(forTimeInterval: 0.05)
            isNeeded = state.withLock { state in
                if Clock.boottimeMilliseconds() - state.steppedAt >= Self.timeout {
                    for kill in state.kills.values { _ = try? kill.advance() }
                }
                state.hasFallbackThread = !state.kills.isEmpty
                return state.hasFallbackThread
            }
        }
    }
}
