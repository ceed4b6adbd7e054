import Glibc

/// What a kill sends to the processes of its job.
extension JobKill {
    /// Lets the supervisor continue, because its job may have stopped it.
    func resumeSupervisor() {
        if let supervisor = processes.supervisor { _ = SignalSender.send(SIGCONT, to: supervisor) }
    }

    /// Whether KILL reaches a process through the control group, which works for every user.
    func isInKillableGroup(_ target: ProcessTable.Entry) -> Bool {
        processes.groupPids.contains(target.identity.pid) && processes.group?.canKill ?? false
    }

    /// Kills the control group of the job, if it has one.
    func killGroup() {
        processes.group?.kill()
    }

    /// Sends KILL to processes of the job, and to its control group.
    ///
    /// - Returns: The processes that the system did not let us kill, with the errno.
    func kill(_ entries: [ProcessTable.Entry]) -> [ProcessIdentity: Int32] {
        guard !entries.isEmpty else { return [:] }
        killGroup()
        killed.formUnion(entries.map(\.identity))
        return send(SIGKILL, to: entries.map(\.identity))
    }

    /// Sends a signal to processes of the job.
    ///
    /// - Returns: The processes that could not be signalled, with the errno.
    func send(_ number: Int32, to processes: [ProcessIdentity]) -> [ProcessIdentity: Int32] {
        SignalSender.send(number, to: processes, of: self.processes.user)
    }
}
