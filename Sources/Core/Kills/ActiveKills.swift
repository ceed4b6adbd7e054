import Foundation
import Synchronization

/// The kills that a broker is carrying out.
///
/// The broker advances them together in its passes: all kills share one reading of the process table, one of the
/// environments, and one round of each signal. A store that does not answer can hold a pass up for seconds. Then a
/// fallback thread advances them, so that every signal is sent when it is due.
final class ActiveKills: Sendable {
    /// The state of each kill, or why it could not be determined.
    typealias Results = [JobUUID: Result<JobKill.Progress, SystemError>]

    private struct State {
        var kills: [JobUUID: JobKill] = [:]
        /// When kills were last advanced, in milliseconds of the boot clock.
        var advancedAt = Int64.min / 2
        var hasFallbackThread = false
    }

    private let state = Mutex(State())
    private let reader: ProcessReader
    private let storage: Storage
    private let runner = KillProgramRunner()
    /// Milliseconds without a pass after which the fallback thread takes steps that are due. Passes of a broker that
    /// kills come more often.
    private static let passTimeout: Int64 = 250
    /// Number of kills for which reading their processes one by one is faster than reading all processes, at least, and
    /// for each so many processes of the machine. A process takes about three times as long alone, and a job has few.
    private static let treesMax = 8
    private static let processesPerTree = 10

    init(reader: ProcessReader, storage: Storage) {
        self.reader = reader
        self.storage = storage
    }

    /// The jobs that are being killed.
    var uuids: [JobUUID] { state.withLock { Array($0.kills.keys) } }

    /// Whether a job is being killed.
    func contains(_ uuid: JobUUID) -> Bool { state.withLock { $0.kills[uuid] != nil } }

    /// Begins a kill, unless another broker is carrying it out. ``advance(_:)`` takes its first step.
    ///
    /// - Returns: Whether this call began it.
    func begin(_ uuid: JobUUID, for requester: KillRequester, by method: KillMethod) throws(SystemError) -> Bool {
        try state.withLock { state throws(SystemError) in
            guard let kill = try JobKill.begin(uuid, for: requester, by: method, in: storage) else { return false }
            state.kills[uuid] = kill
            if !state.hasFallbackThread {
                // Without it, the passes alone advance the kills.
                state.hasFallbackThread = (try? Threads.start { self.advanceDuringHangs() }) != nil
            }
            return true
        }
    }

    /// Takes the next step of kills, as far as one is due.
    ///
    /// - Parameter uuids: The jobs. Others than those being killed are ignored.
    func advance(_ uuids: Set<JobUUID>) -> Results {
        state.withLock { state in
            defer { state.advancedAt = Clock.boottimeMilliseconds() }
            state.advancedAt = Clock.boottimeMilliseconds()
            state.kills = state.kills.filter { $0.value.keepsLock() }
            let kills = uuids.compactMap { state.kills[$0] }
            return kills.isEmpty ? [:] : advance(kills).0
        }
    }

    /// Takes the next step of all kills, except those that wait for their job while its processes run on.
    ///
    /// - Parameter unchanged: Jobs of which the command and the supervisor run on.
    func advanceAll(unchanged: Set<JobUUID>) -> (results: Results, seen: Seen) {
        state.withLock { state in
            defer { state.advancedAt = Clock.boottimeMilliseconds() }
            let now = Clock.boottimeMilliseconds()
            state.advancedAt = now
            state.kills = state.kills.filter { $0.value.keepsLock() }
            let waiting = unchanged.filter { state.kills[$0]?.isWaiting(at: now) ?? false }
            let kills = state.kills.values.filter { !waiting.contains($0.uuid) }
            guard !kills.isEmpty else { return ([:], Seen(uuids: [], snapshot: nil, waiting: waiting)) }
            let (results, snapshot) = advance(kills)
            return (results, Seen(uuids: Set(kills.map(\.uuid)), snapshot: snapshot, waiting: waiting))
        }
    }

    /// The jobs that are being killed, and their processes.
    struct Seen {
        /// Those of which the processes were read.
        let uuids: Set<JobUUID>
        /// Later in the same pass it still tells of each process of these jobs, because all began before. Nil if there
        /// are none.
        let snapshot: ProcessSnapshot?
        /// The others: nothing is due, and their processes run on.
        let waiting: Set<JobUUID>
    }

    /// The events of the signals that were sent since the last call.
    func takeSent() -> [(event: AuditEvent, actor: AuditActor)] {
        state.withLock { state in state.kills.values.flatMap { $0.takeSent() } }
    }

    /// Forgets the kills of all other jobs.
    func keep(_ uuids: Set<JobUUID>) {
        state.withLock { state in state.kills = state.kills.filter { uuids.contains($0.key) } }
    }

    private func advance(_ kills: [JobKill]) -> (Results, ProcessSnapshot) {
        var results: Results = [:]
        var due: [(kill: JobKill, need: JobKill.Need)] = []
        let snapshot = ProcessSnapshot(reader, owner: storage.owner, supervisors: supervisors(of: kills))
        for kill in kills {
            do throws(SystemError) {
                switch try kill.need(in: snapshot) {
                case .nothing(let progress): results[kill.uuid] = .success(progress)
                case let need: due.append((kill, need))
                }
            } catch {
                results[kill.uuid] = .failure(error)
            }
        }
        var signals: [(kill: JobKill, signal: Signal)] = []
        var programs: [JobKill] = []
        for (kill, need) in due {
            if case .signal(let signal) = need { signals.append((kill, signal)) } else { programs.append(kill) }
        }
        results.merge(start(programs)) { $1 }
        guard !signals.isEmpty else { return (results, snapshot) }
        var round = SignalRound(reader, owner: storage.owner, isDiskFull: storage.isDiskFull)
        results.merge(round.send(signals)) { $1 }
        return (results, snapshot)
    }

    /// The supervisors of a few kills that begin. Their descendants tell what to stop. ``SignalRound`` reads all processes
    /// before it sends the signal.
    private func supervisors(of kills: [JobKill]) -> [pid_t] {
        let most = max(Self.treesMax, reader.processes / Self.processesPerTree)
        guard kills.count <= most, kills.allSatisfy(\.isBeginning) else { return [] }
        return kills.compactMap { $0.supervisorPid() }
    }

    /// Starts the programs of commands, after their kill records are written.
    private func start(_ kills: [JobKill]) -> Results {
        var results: Results = [:]
        var confirmed: [JobKill] = []
        for kill in kills {
            results[kill.uuid] = JobKill.result { () throws(SystemError) in
                if try kill.confirm() { confirmed.append(kill) }
                return .active
            }
        }
        let errors = KillStep.write(confirmed.map { $0.prepare(nil) })
        for kill in confirmed {
            results[kill.uuid] = JobKill.result { () throws(SystemError) in
                if try kill.confirmAfterWriting() { kill.start(with: runner) }
                if let error = errors[kill.uuid] { throw error }
                return .active
            }
        }
        return results
    }

    /// Runs on the fallback thread until no kill is left. It ignores results, because the next pass of the broker
    /// determines them again.
    private func advanceDuringHangs() {
        var isNeeded = true
        while isNeeded {
            Thread.sleep(forTimeInterval: 0.05)
            isNeeded = state.withLock { state in
                if Clock.boottimeMilliseconds() - state.advancedAt >= Self.passTimeout {
                    // Without a due step, the processes need not be read.
                    let due = state.kills.values.filter(\.isDue)
                    if !due.isEmpty {
                        _ = advance(due)
                        state.advancedAt = Clock.boottimeMilliseconds()
                    }
                }
                state.hasFallbackThread = !state.kills.isEmpty
                return state.hasFallbackThread
            }
        }
    }
}
