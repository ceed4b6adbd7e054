import CSystem
import Glibc

/// Sends signals to verified processes.
enum SignalSender {
    /// Sends a signal by pidfd, after it has compared the start time of the process. So a process that has got the same
    /// pid later is never signalled.
    ///
    /// - Parameter number: The signal; 0 only checks whether it would be allowed.
    /// - Returns: The errno if the system refuses the signal, else 0. A process that has ended is no error.
    static func send(_ number: Int32, to process: ProcessIdentity) -> Int32 {
        guard process.pid > 1 else { return 0 }
        let opened = system_pidfd_open(process.pid)
        guard opened >= 0 else { return 0 }
        let pidfd = Descriptor(owning: opened)
        guard ProcessTable.isAlive(process) else { return 0 }
        guard system_pidfd_send_signal(pidfd.number, number) != 0, errno != ESRCH else { return 0 }
        return errno
    }

    /// Sends a signal to several processes, in their order.
    ///
    /// - Parameter user: The user of the job; nil for that of the service.
    /// - Returns: The processes that could not be signalled, with the errno.
    static func send(
        _ number: Int32, to processes: [ProcessIdentity], of user: JobUser?
    ) -> [ProcessIdentity: Int32] {
        var refused: [ProcessIdentity: Int32] = [:]
        for process in processes {
            let code = send(number, to: process)
            if code != 0 { refused[process] = code }
        }
        let others = processes.filter { refused[$0] == EPERM }
        guard let user, !others.isEmpty else { return refused }
        let left = user.send(number, to: others)
        for process in others { refused[process] = left[process] }
        return refused
    }
}
