import Glibc

/// Finds out how jobs stand, from the kernel's locks and verified processes; never by a timer or a bare pid.
struct JobInspector {
    let storage: Storage

    /// The states of several jobs, with at most one look at the process table; for a job whose files cannot be read,
    /// why not. That is no state: a job is called lost only by who could look everywhere.
    func states(of uuids: [JobUUID]) -> [JobUUID: Result<JobState, any Error>] {
        var states: [JobUUID: Result<JobState, any Error>] = [:]
        var orphans: Set<JobUUID> = []
        for uuid in uuids {
            do {
                if let state = try quickState(of: uuid) {
                    states[uuid] = .success(state)
                } else {
                    orphans.insert(uuid)
                }
            } catch {
                states[uuid] = .failure(error)
            }
        }
        guard !orphans.isEmpty else { return states }
        let table = ProcessTable()
        let carriers = table.carriers(of: orphans, owner: storage.owner)
        for uuid in orphans {
            states[uuid] = Result {
                let processes = try unsupervised(uuid, table, carriers[uuid] ?? [])
                return processes.isEmpty ? .lost : .unsupervised(processes)
            }
        }
        return states
    }

    /// What the files alone tell; nil if nobody holds the lock and nothing is recorded.
    private func quickState(of uuid: JobUUID) throws -> JobState? {
        let files = JobFiles(uuid, in: storage)
        if let exit = try files.exitRecord() { return .ended(exit) }
        if try files.isLocked() { return .running }
        // The supervisor may have written the record and left between the two looks.
        return try files.exitRecord().map { .ended($0) }
    }

    /// The living processes of a job without a supervisor: the command and what descends from it, and whoever
    /// carries the job's name, with their descendants.
    private func unsupervised(
        _ uuid: JobUUID, _ table: ProcessTable, _ carriers: [ProcessTable.Entry]
    ) throws -> [ProcessTable.Entry] {
        var roots = carriers
        if let record = try JobFiles(uuid, in: storage).pidRecord(), record.bootID == BootID.current,
            table.isAlive(record.command), let command = table.entries[record.command.pid], !roots.contains(command)
        {
            roots.append(command)
        }
        let rootPids = roots.map(\.identity.pid)
        return roots + table.descendants(of: rootPids)
    }
}
