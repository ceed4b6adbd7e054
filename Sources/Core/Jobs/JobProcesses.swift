import Glibc

/// Finds all processes of one job, repeatedly while it is being killed.
final class JobProcesses {
    private let files: JobFiles
    private var record: PidRecord?
    private var known: Set<ProcessIdentity> = []
    /// The supervisor; nil if it was dead when the processes were last read.
    private(set) var supervisor: ProcessIdentity?

    init(_ files: JobFiles) {
        self.files = files
    }

    /// The pids in the job's control group when it was last read.
    private(set) var groupPids: Set<pid_t> = []

    /// The command; nil if it is not known.
    var command: ProcessIdentity? { record?.command }
    /// The user of the job; nil for that of the service, and if it is not known.
    var user: JobUser? { JobUser(record, of: files.uuid) }
    /// The control group of the job; nil if it has none.
    var group: ControlGroup? { record?.group.map { ControlGroup(path: $0) } }

    /// Whether the command that a pid record names belongs to the job. A job of the same user can write a record.
    ///
    /// It is a child of the supervisor, whose arguments have the UUID. If the supervisor is dead, its session, its
    /// environment or the loss of its parent speak for it. `remotisan-as` decides itself.
    private func isOurs(_ record: PidRecord) -> Bool {
        guard let command = ProcessTable.entry(record.command.pid), command.identity == record.command else {
            return true
        }
        if ProcessTable.arguments(of: record.supervisor).contains(files.uuid.description) {
            return command.parent == record.supervisor.pid
        }
        return command.session == record.supervisor.pid || command.parent == 1 || record.user != nil
            || ProcessTable.carries(files.uuid, command.identity.pid)
    }

    /// The pid of the supervisor in the pid record; nil if there is no record of this boot.
    func supervisorPid() throws(SystemError) -> pid_t? {
        try readRecord()
        return record?.supervisor.pid
    }

    private func readRecord() throws(SystemError) {
        guard record == nil else { return }
        record = try files.pidRecord().flatMap { $0.bootID == BootID.current ? $0 : nil }
        if let named = record, !isOurs(named) { record = nil }
    }

    /// All living processes of the job, without the supervisor, in the order of their pids.
    ///
    /// These are the processes in the job's control group, and the descendants of the supervisor. It is a subreaper, so
    /// that setsid(2) leads no process out of its tree. If the supervisor is dead, they are the command, all processes
    /// of the supervisor's session, all processes with the job's UUID in their environment, and the descendants of
    /// these. Processes that were found before are always included, because a dying tree changes its shape.
    ///
    /// A snapshot that is older than this call may show processes that have ended. It lacks none of a job that had
    /// started before, because every process has a parent or a predecessor in it.
    func living(in snapshot: ProcessSnapshot) throws(SystemError) -> [ProcessTable.Entry] {
        var roots = known
        supervisor = nil
        try readRecord()
        var table = snapshot.table(under: record?.supervisor)
        if let record {
            // Without the lock the process is no longer a supervisor. It settles, and may start another job. The lock
            // is checked after the table was read, so that no process in the table descends from that job.
            if table.isAlive(record.supervisor), try files.isLocked() { supervisor = record.supervisor }
            roots.insert(record.command)
        }
        if supervisor == nil {
            table = snapshot.table
            roots.formUnion(snapshot.carriers(of: files.uuid).map(\.identity))
            if let record {
                let members = snapshot.sessionMembers(of: record.supervisor, and: user?.uid)
                roots.formUnion(members.map(\.identity))
            }
        }
        // Read anew, because these environments are in no snapshot.
        let carriers = supervisor == nil ? user?.carriers ?? [] : []
        let alive = roots.filter { table.isAlive($0) }
        let heads = alive.map(\.pid) + (supervisor.map { [$0.pid] } ?? [])
        var found = table.descendants(of: heads) + alive.compactMap { table.entries[$0.pid] }
        groupPids = group?.pids ?? []
        found += carriers
        // Their entries are read anew, because the table is older than the list of the group.
        found += groupPids.compactMap { ProcessTable.entry($0) }.filter(\.isAlive)
        let ours = Dictionary(found.map { ($0.identity, $0) }) { _, newest in newest }.filter { identity, _ in
            identity.pid > 1 && identity.pid != getpid() && identity.pid != supervisor?.pid
        }
        known.formUnion(ours.keys)
        return ours.values.sorted { $0.identity.pid < $1.identity.pid }
    }
}
