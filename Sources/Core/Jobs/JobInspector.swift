import Glibc

/// Determines the state of jobs from the kernel's locks and from verified processes, never from a timer or a bare pid.
struct JobInspector {
    let storage: Storage

    /// The states of several jobs. It reads the process table at most once.
    ///
    /// A job whose files cannot be read has an error instead of a state. A job counts as lost only if everything could
    /// be read.
    ///
    /// - Parameter snapshot: The processes, not read yet. They are read after the files: a process that appears in
    ///   between must not be missing. An earlier one does for jobs that had begun before it. Nil makes a snapshot.
    func states(
        of uuids: [JobUUID], in snapshot: ProcessSnapshot? = nil
    ) -> [JobUUID: Result<JobState, any Error>] {
        var states: [JobUUID: Result<JobState, any Error>] = [:]
        var orphans: [JobUUID] = []
        for uuid in uuids {
            do {
                if let state = try quickState(of: uuid) {
                    states[uuid] = .success(state)
                } else {
                    orphans.append(uuid)
                }
            } catch {
                states[uuid] = .failure(error)
            }
        }
        guard !orphans.isEmpty else { return states }
        let snapshot = snapshot ?? ProcessSnapshot(owner: storage.owner)
        for uuid in orphans {
            states[uuid] = Result {
                let processes = try JobProcesses(JobFiles(uuid, in: storage)).living(in: snapshot)
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
