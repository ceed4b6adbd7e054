import Glibc

/// Finds every process of one job, again and again while it dies.
final class JobProcesses {
    private let files: JobFiles
    private let owner: uid_t
    private var known: Set<ProcessIdentity> = []
    /// The supervisor, if it was alive at the last look.
    private(set) var supervisor: ProcessIdentity?

    init(_ files: JobFiles, owner: uid_t) {
        self.files = files
        self.owner = owner
    }

    /// All that live now: what descends from the supervisor (a subreaper: a call to setsid leads nobody out of its
    /// tree); where the supervisor is dead, the command, whoever carries the job's name, and their descendants; and
    /// always whoever was seen before, wherever the tree's collapse has put them. The supervisor is not among them.
    func living() throws(SystemError) -> [ProcessTable.Entry] {
        let table = ProcessTable()
        var roots = known
        supervisor = nil
        if let record = try files.pidRecord(), record.bootID == BootID.current {
            // Without the lock it is no supervisor any more: it settles, and may start another job meanwhile. Asked
            // after the table was read, so that nothing in the table descends from that.
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
