import Foundation
import Synchronization

/// The kills that a broker is carrying out.
///
/// The broker advances them in its passes. A store that does not answer can hold a pass up for seconds. Then a fallback
/// thread advances them, so that every signal is sent when it is due.
final class ActiveKills: Sendable {
    private struct State {
        var kills: [JobUUID: JobKill] = [:]
        /// When a pass last advanced a kill, in milliseconds of the boot clock.
        var advancedAt = Int64.min / 2
        var hasFallbackThread = false
    }

    private let state = Mutex(State())
    /// Milliseconds without a pass after which the fallback thread advances the kills. Passes of a broker that kills
    /// come more often.
    private static let passTimeout: Int64 = 250

    /// The jobs that are being killed.
    var uuids: [JobUUID] { state.withLock { Array($0.kills.keys) } }

    /// Whether a job is being killed.
    func contains(_ uuid: JobUUID) -> Bool { state.withLock { $0.kills[uuid] != nil } }

    /// Begins a kill, unless another broker is carrying it out.
    func begin(
        _ uuid: JobUUID, for requester: KillRequester, plan: KillPlan, in storage: Storage
    ) throws(SystemError) {
        let needsFallbackThread = try state.withLock { state throws(SystemError) in
            guard let kill = try JobKill.begin(uuid, for: requester, plan: plan, in: storage) else { return false }
            state.kills[uuid] = kill
            defer { state.hasFallbackThread = true }
            return !state.hasFallbackThread
        }
        if needsFallbackThread { Thread.detachNewThread { self.advanceDuringHangs() } }
    }

    /// Takes the next step of a kill if it is due.
    ///
    /// - Returns: nil if the job is not being killed.
    func advance(_ uuid: JobUUID) throws(SystemError) -> JobKill.Progress? {
        try state.withLock { state throws(SystemError) in
            state.advancedAt = Clock.boottimeMilliseconds()
            return try state.kills[uuid]?.advance()
        }
    }

    /// Forgets the kills of all other jobs.
    func keep(_ uuids: Set<JobUUID>) {
        state.withLock { state in state.kills = state.kills.filter { uuids.contains($0.key) } }
    }

    /// Runs on the fallback thread until no kill is left. It ignores results and errors, because the next pass of the
    /// broker gets them again.
    private func advanceDuringHangs() {
        var isNeeded = true
        while isNeeded {
            Thread.sleep(forTimeInterval: 0.05)
            isNeeded = state.withLock { state in
                if Clock.boottimeMilliseconds() - state.advancedAt >= Self.passTimeout {
                    for kill in state.kills.values { _ = try? kill.advance() }
                }
                state.hasFallbackThread = !state.kills.isEmpty
                return state.hasFallbackThread
            }
        }
    }
}
