import Glibc
import Synchronization

/// Reads the processes of this machine, and counts how often it does.
///
/// Reading all of `/proc` takes a hundredth of a second on a busy machine. So one reading serves all jobs.
package final class ProcessReader: Sendable {
    /// How often something was read.
    package struct Counts: Sendable, Equatable {
        /// Readings of some processes and their descendants only.
        package var trees = 0
        /// Readings of the whole process table.
        package var tables = 0
        /// Readings of all environments.
        package var environments = 0
    }

    private let state = Mutex((counts: Counts(), processes: 0))

    package init() {}

    /// How often something was read so far.
    package var counts: Counts { state.withLock { $0.counts } }

    /// The number of all processes when they were last read; 0 before.
    var processes: Int { state.withLock { $0.processes } }

    fileprivate func trees(of roots: [pid_t]) -> ProcessTable? {
        guard !roots.isEmpty else { return nil }
        state.withLock { $0.counts.trees += 1 }
        return ProcessTable.trees(of: roots)
    }

    fileprivate func table() -> ProcessTable {
        let table = ProcessTable()
        state.withLock { state in
            state.counts.tables += 1
            state.processes = table.entries.count
        }
        return table
    }

    fileprivate func carriers(in table: ProcessTable, owner: uid_t) -> [JobUUID: [ProcessTable.Entry]] {
        state.withLock { $0.counts.environments += 1 }
        return table.carriers(owner: owner)
    }
}

/// The processes of this machine at one moment, for all jobs. Each part is read when it is first needed.
///
/// Belongs to one thread.
final class ProcessSnapshot {
    private let reader: ProcessReader
    private let owner: uid_t

    private let supervisors: [pid_t]

    /// - Parameters:
    ///   - owner: The user whose environments are read.
    ///   - supervisors: If these are enough, only they and their descendants are read.
    init(_ reader: ProcessReader = ProcessReader(), owner: uid_t, supervisors: [pid_t] = []) {
        self.reader = reader
        self.owner = owner
        self.supervisors = supervisors
    }

    /// All processes.
    private(set) lazy var table = reader.table()
    private lazy var trees = reader.trees(of: supervisors)
    private lazy var carriers = reader.carriers(in: table, owner: owner)
    /// The living processes of each session.
    private lazy var sessions = Dictionary(grouping: table.entries.values.filter(\.isAlive), by: \.session)

    /// A table with the descendants of a supervisor, and with all processes if the supervisor is dead or unknown.
    func table(under supervisor: ProcessIdentity?) -> ProcessTable {
        guard let supervisor, supervisors.contains(supervisor.pid), let trees, trees.isAlive(supervisor) else {
            return table
        }
        return trees
    }

    /// The processes with the UUID of a job in their environment.
    func carriers(of uuid: JobUUID) -> [ProcessTable.Entry] {
        carriers[uuid] ?? []
    }

    /// The processes that are still in the session that a supervisor made.
    ///
    /// The kernel gives a pid to no new process as long as a session has that number. But if all of the session had
    /// ended before, the number may be that of a new process and its session. So there is no member if another process
    /// has the pid now. Members of a later session of another user do not count either.
    ///
    /// - Parameter user: The user of the job, if it is another one than the owner.
    func sessionMembers(of supervisor: ProcessIdentity, and user: uid_t?) -> [ProcessTable.Entry] {
        if let entry = table.entries[supervisor.pid], entry.identity != supervisor { return [] }
        return (sessions[supervisor.pid] ?? []).filter { entry in
            entry.identity != supervisor && entry.identity.startTime >= supervisor.startTime
                && ProcessTable.user(of: entry.identity.pid).map { $0 == owner || $0 == user } ?? false
        }
    }
}
