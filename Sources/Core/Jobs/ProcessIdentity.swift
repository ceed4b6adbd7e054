import Glibc

/// A process, identified by its pid and start time. A pid alone is reused.
package struct ProcessIdentity: Sendable, Hashable {
    /// Process identifier.
    package let pid: pid_t
    /// Start time in clock ticks since boot, proc(5), field 22 of `/proc/PID/stat`, by the kernel's own clock.
    package let startTime: UInt64

    package init(pid: pid_t, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// Parses "PID STARTTIME"; nil for anything else, and for pids that a job never has.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let pid = pid_t(parts[0]), pid > 1, let start = UInt64(parts[1]), start > 0
        else { return nil }
        self.init(pid: pid, startTime: start)
    }
}

/// The identifier of this boot of the machine. Pids and boot times of another boot mean nothing.
enum BootID {
    /// `/proc/sys/kernel/random/boot_id`, random(4).
    static let current: String = {
        let text = try? DurableFile.read("/proc/sys/kernel/random/boot_id")
        return text?.split(separator: "\n").first.map(String.init) ?? "unknown"
    }()
}
