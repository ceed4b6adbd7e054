import Glibc

/// A supervisor that is stopped or traced. Its own job can do that, by `kill -STOP $PPID` or ptrace(2).
extension JobFiles {
    /// Lets the supervisor continue if it is stopped although its command has ended. It has to record that end.
    ///
    /// SIGCONT does not reach a supervisor that is traced. If a process of the job traces it, that process gets KILL.
    ///
    /// - Parameter snapshot: The processes. They are read only if the supervisor is traced.
    func resumeSupervisor(in snapshot: ProcessSnapshot) throws(SystemError) {
        guard let record = try pidRecord(), record.bootID == BootID.current,
            let supervisor = ProcessTable.entry(record.supervisor.pid), supervisor.identity == record.supervisor,
            supervisor.isStopped, !ProcessTable.isAlive(record.command)
        else { return }
        _ = SignalSender.send(SIGCONT, to: record.supervisor)
        guard supervisor.state == "t", let tracer = ProcessTable.tracer(of: record.supervisor.pid) else { return }
        for process in snapshot.table.descendants(of: [record.supervisor.pid]) where process.identity.pid == tracer {
            _ = SignalSender.send(SIGKILL, to: process.identity)
        }
    }
}

extension ProcessTable {
    /// The process that traces a process, proc(5), TracerPid in `/proc/PID/status`; nil if none does.
    static func tracer(of pid: pid_t) -> pid_t? {
        let text = (try? DurableFile.read("/proc/\(pid)/status")) ?? nil
        let line = text?.split(separator: "\n").first { $0.hasPrefix("TracerPid:") }
        return line.flatMap { pid_t($0.dropFirst(10).trimmingPrefix { $0.isWhitespace }) }.flatMap { $0 > 1 ? $0 : nil }
    }
}
