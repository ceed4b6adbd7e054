import Glibc

/// Finds all processes of one job, repeatedly while it is being killed.
final class JobProcesses {
    private let files: JobFiles
    private let owner: uid_t
    private var known: Set<ProcessIdentity> = []
    /// The supervisor; nil if it was dead when the processes were last read.
    private(set) var supervisor: ProcessIdentity?

    init(_ files: JobFiles, owner: uid_t) {
        self.files = files
        self.owner = owner
    }

    /// All living processes of the job, without the supervisor.
    ///
    /// These are the descendants of the supervisor. It is a subreaper, so that setsid(2) leads no process out of its
    /// tree. If the supervisor is dead, they are the command, all processes with the job's UUID in their environment,
    /// and their descendants. Processes that were found before are always included, because a dying tree changes its
    /// shape.
    func living() throws(SystemError) -> [ProcessTable.Entry] {
        let table = ProcessTable()
        var roots = known
        supervisor = nil
        if let record = try files.pidRecord(), record.bootID == BootID.current {
            // Without the lock the process is no longer a supervisor. It settles, and may start another job. The lock
            // is checked after the table was read, so that no process in the table descends from that job.
            if table.isAlive(record.supervisor), try files.isLocked() { supervisor = record.supervisor }
            roots.insert(record.command)
        }
        if supervisor == nil {
            roots.formUnion(table.carriers(of: [files.uuid], owner: owner)[files.uuid]?.map(\.identity) ?? [])
        }
        let alive = roots.filter { table.isAlive($0) }
        let heads = alive.map(\.pid) + (supervisor.map { [$0.pid] } ?? [])
        let found = alive.union(table.descendants(of: heads).map(\.identity))
        let ours = found.filter { $0.pid > 1 && $0.pid != getpid() && $0.pid != supervisor?.pid }
        known.formUnion(ours)
        return ours.compactMap { table.entries[$0.pid] }.sorted { $0.identity.pid < $1.identity.pid }
    }
}
