import Glibc

/// Determines the state of jobs from the kernel's locks and from verified processes, never from a timer or a bare pid.
struct JobInspector {
    let storage: Storage

    /// The states of several jobs. It reads the process table at most once.
    ///
    /// A job whose files cannot be read has an error instead of a state. A job counts as lost only if everything could
    /// be read.
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
                let processes = try unsupervised(uuid, in: table, carriers: carriers[uuid] ?? [])
                return processes.isEmpty ? .lost : .unsupervised(processes)
            }
        }
        return states
    }

    /// The state according to the files; nil if the lock is free and there is no exit record.
    private func quickState(of uuid: JobUUID) throws -> JobState? {
        let files = JobFiles(uuid, in: storage)
        if let exit = try files.exitRecord() { return .ended(exit) }
        if try files.isLocked() { return .running }
        // The supervisor may have written the record and exited between the two reads.
        return try files.exitRecord().map { .ended($0) }
    }

    /// The living processes of a job without a supervisor: the command, all processes with the job's UUID in their
    /// environment, and their descendants.
    private func unsupervised(
        _ uuid: JobUUID, in table: ProcessTable, carriers: [ProcessTable.Entry]
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

/// The state of a job, from its files and processes.
package enum JobState: Sendable, Equatable {
    /// The supervisor holds the lock, or a responder is starting the job.
    case running
    /// The supervisor was killed. These processes of the job are still running.
    case unsupervised([ProcessTable.Entry])
    /// There is an exit record.
    case ended(ExitRecord)
    /// There is no lock, no exit record and no process: the machine crashed, or the rest ended unobserved.
    case lost
}
