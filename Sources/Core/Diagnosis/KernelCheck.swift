import CSystem
import Glibc

/// Whether the kernel has what jobs and kills are made of.
package struct KernelCheck: Sendable {
    /// `uname -r`.
    package var release: String
    /// Whether pidfd_open(2) works here; a container's filter may forbid it.
    package var hasPidfd: Bool
    /// Whether inotify(7) works; nil: there is no directory to try.
    package var hasInotify: Bool?

    /// Facts that somebody else has found.
    package init(release: String, hasPidfd: Bool, hasInotify: Bool?) {
        self.release = release
        self.hasPidfd = hasPidfd
        self.hasInotify = hasInotify
    }

    /// Looks at this machine.
    ///
    /// - Parameter directory: One that can be watched.
    package init(watching directory: String) {
        var name = utsname()
        uname(&name)
        release = withUnsafeBytes(of: &name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let pidfd = system_pidfd_open(getpid())
        hasPidfd = pidfd >= 0
        if pidfd >= 0 { close(pidfd) }
        let watch = system_watch_renames(directory)
        hasInotify = watch >= 0 ? true : errno == ENOENT || errno == EACCES ? nil : false
        if watch >= 0 { close(watch) }
    }

    /// What is so.
    package var findings: [Finding] {
        let subject = "kernel"
        var findings: [Finding] = []
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        if numbers.count == 2, (numbers[0], numbers[1]) < (5, 11) {
            findings.append(
                .problem(
                    subject, "Linux \(release) is too old: close_range(2) as it is used came with 5.11. Update it."))
        }
        if !hasPidfd {
            findings.append(
                .problem(
                    subject, "pidfd_open(2) is not allowed here, so nothing can be killed. Allow it in the filter."))
        }
        if hasInotify == false {
            findings.append(
                .warning(
                    subject,
                    "inotify(7) does not work: the broker sees ends a quarter of a second late. Raise "
                        + "fs.inotify.max_user_instances."))
        }
        return findings.isEmpty ? [.ok(subject, "Linux \(release) has close_range, pidfd and inotify.")] : findings
    }
}
