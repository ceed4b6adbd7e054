import Foundation
import Glibc

/// Sends signals to all processes of several jobs, so that none of them goes on with its next step.
///
/// A shell goes on with its next command when its child has died of the signal and its own signal has not arrived yet.
/// No order of signals prevents that for all trees, because processes start others meanwhile. So every process is
/// stopped first, until the process table shows no running one. Then all get the signal, and then they continue. A
/// process that continues handles its signal before it executes anything, signal(7), "Signal mask and pending signals".
/// A program that does not handle the signal ends then. One that handles it may start what it needs to end.
struct SignalRound {
    /// Milliseconds after which the signals are sent even if some processes have not stopped. A busy machine lets a
    /// process run only after a while, and one in a system call of a file server may never stop.
    static let stopTimeout: Int64 = 200
    /// The same on a full disk: a process that has not stopped takes the space for the kill record.
    static let fullDiskStopTimeout: Int64 = 2000
    /// Readings of the process table after which the signals are sent in any case.
    static let stopLimit = 30
    /// Processes whose stop is awaited, and the number of looks at them.
    private static let awaitedMax = 50
    private static let awaitLimit = 10

    private let reader: ProcessReader
    private let owner: uid_t
    private let isDiskFull: Bool
    /// Processes that we may not stop.
    private var refused: [ProcessIdentity: Int32] = [:]

    /// - Parameter owner: The user who runs the jobs.
    init(_ reader: ProcessReader, owner: uid_t, isDiskFull: Bool) {
        self.isDiskFull = isDiskFull
        self.reader = reader
        self.owner = owner
    }

    /// Sends each job its signal.
    ///
    /// - Returns: The progress of each kill.
    mutating func send(_ due: [(kill: JobKill, signal: Signal)]) -> [JobUUID: Result<JobKill.Progress, SystemError>] {
        stop(due.map(\.kill))
        var results: [JobUUID: Result<JobKill.Progress, SystemError>] = [:]
        var confirmed: [(kill: JobKill, signal: Signal)] = []
        for (kill, signal) in due {
            results[kill.uuid] = JobKill.result { () throws(SystemError) in
                if try kill.confirm() { confirmed.append((kill, signal)) }
                return .active
            }
        }
        let errors = KillStep.write(confirmed.map { kill, signal in kill.prepare(signal) })
        var sent: [JobKill] = []
        for (kill, signal) in confirmed {
            results[kill.uuid] = JobKill.result { () throws(SystemError) in
                guard try kill.confirmAfterWriting() else { return .active }
                if signal == .kill { kill.killGroup() }
                refused.merge(kill.send(signal.number, to: kill.targets.map(\.identity))) { $1 }
                kill.wasSent()
                sent.append(kill)
                return .active
            }
        }
        resume(due.map(\.kill))
        for kill in sent {
            results[kill.uuid] = JobKill.result { () throws(SystemError) in
                if let error = errors[kill.uuid] { throw error }
                return try kill.progress(refused: refused)
            }
        }
        return results
    }

    /// Stops all targets, and those that they start meanwhile, until none is seen running.
    private mutating func stop(_ kills: [JobKill]) {
        let timeout = isDiskFull ? Self.fullDiskStopTimeout : Self.stopTimeout
        let deadline = Clock.boottimeMilliseconds() + timeout
        var running = kills.map { ($0, $0.targets) }
        for _ in 0..<Self.stopLimit {
            for (kill, processes) in running {
                let open = processes.map(\.identity).filter { refused[$0] == nil }
                refused.merge(kill.send(SIGSTOP, to: open)) { $1 }
            }
            awaitStop(of: running.flatMap(\.1).filter { refused[$0.identity] == nil })
            let snapshot = ProcessSnapshot(reader, owner: owner)
            running = running.compactMap { kill, _ in
                // A job whose files cannot be read gets the signal for the processes that are known.
                let found = (try? kill.findRunning(in: snapshot)) ?? []
                let open = found.filter { refused[$0.identity] == nil }
                return open.isEmpty ? nil : (kill, open)
            }
            if running.isEmpty || Clock.boottimeMilliseconds() >= deadline { return }
        }
    }

    /// Waits a moment for processes that were just sent STOP, so that the next reading of the process table, which takes
    /// longer, finds them stopped.
    private func awaitStop(of processes: [ProcessTable.Entry]) {
        // A thousand processes take as long as the table.
        var rest = processes.prefix(Self.awaitedMax).map(\.identity)
        for _ in 0..<Self.awaitLimit {
            rest = rest.filter { identity in
                guard let entry = ProcessTable.entry(identity.pid), entry.identity == identity else { return false }
                return !entry.isStopped && entry.isAlive
            }
            if rest.isEmpty { return }
            usleep(200)
        }
    }

    /// Lets all processes continue, children before their parents. A parent would otherwise see a stopped child, and an
    /// orphaned process group with a stopped member would get HUP, setpgid(2).
    ///
    /// A process that was stopped before the kill continues, too, because it would not handle its signal otherwise.
    private func resume(_ kills: [JobKill]) {
        for kill in kills {
            let parents = Dictionary(kill.targets.map { ($0.identity.pid, $0.parent) }) { first, _ in first }
            let depths = kill.targets.map { target in (depth(of: target.identity.pid, in: parents), target.identity) }
            _ = kill.send(SIGCONT, to: depths.sorted { $0.0 > $1.0 }.map(\.1))
        }
    }

    /// The number of ancestors of a process within its job.
    private func depth(of pid: pid_t, in parents: [pid_t: pid_t]) -> Int {
        var depth = 0
        var next = parents[pid]
        // A table that was read while processes ended may contain a cycle.
        while let parent = next, depth <= parents.count {
            depth += 1
            next = parents[parent]
        }
        return depth
    }
}
