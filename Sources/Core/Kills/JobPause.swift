import Glibc

/// Stops all processes of a job for a moment, so that a job that fills the disk does not take the space that is given
/// back.
struct JobPause {
    private let stopped: [ProcessIdentity]
    private let user: JobUser?

    /// Stops them. Those that cannot be stopped go on.
    init(_ files: JobFiles, owner: uid_t) {
        let processes = JobProcesses(files)
        let deadline = Clock.boottimeMilliseconds() + SignalRound.fullDiskStopTimeout
        var stopped: [ProcessIdentity] = []
        while true {
            let living = (try? processes.living(in: ProcessSnapshot(owner: owner))) ?? []
            // One in a system call (state D) stops when the call returns. It may write a part until then.
            let running = living.filter { !$0.isStopped }.map(\.identity)
            if running.isEmpty || Clock.boottimeMilliseconds() >= deadline { break }
            let refused = SignalSender.send(SIGSTOP, to: running, of: processes.user)
            stopped += running.filter { refused[$0] == nil && !stopped.contains($0) }
            usleep(1000)
        }
        self.stopped = stopped
        user = processes.user
    }

    /// Lets them continue, the newest first. A parent would otherwise see a stopped child.
    func resume() {
        _ = SignalSender.send(SIGCONT, to: stopped.reversed(), of: user)
    }
}
