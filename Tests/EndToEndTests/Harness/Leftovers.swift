import Glibc
import TestSupport

@testable import Core

/// Processes that outlive an installation: jobs, supervisors, and children of killed servers.
struct Leftovers {
    private let directory: String

    /// Processes that name the installation's unique directory in their arguments or environment.
    init(of directory: String) {
        self.directory = directory
    }

    /// Kills them until none is left.
    func end() async {
        try? await waitUntil("the end of the processes started in \(directory)") {
            let found = pids()
            for pid in found { kill(pid, SIGKILL) }
            return found.isEmpty
        }
    }

    /// Sends a signal to all of them.
    func signal(_ number: Int32) {
        for pid in pids() { kill(pid, number) }
    }

    private func pids() -> [pid_t] {
        let needle = Array((directory + "/").utf8)
        return ProcessTable().entries.values.filter(\.isAlive).map(\.identity.pid).filter { pid in
            pid != getpid()
                && ["cmdline", "environ"].contains { name in
                    ProcessFacts.contains(ProcessFacts.read("/proc/\(pid)/\(name)"), needle)
                }
        }
    }
}
