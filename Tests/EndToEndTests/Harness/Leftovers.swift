import Glibc
import TestSupport

@testable import Core

/// Processes that an installation's own end did not end: jobs, their supervisors, what a killed server left.
struct Leftovers {
    private let directory: String

    /// Those that name the installation's directory, which no other has, on their command line or in their environment.
    init(of directory: String) {
        self.directory = directory
    }

    /// Kills them until none is left.
    func end() async {
        try? await waitUntil("the end of what was started in \(directory)") {
            let found = pids()
            for pid in found { kill(pid, SIGKILL) }
            return found.isEmpty
        }
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
