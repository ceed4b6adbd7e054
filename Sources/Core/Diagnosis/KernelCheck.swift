import CSystem
import Glibc

/// Checks that the kernel has the features that jobs and kills need.
package struct KernelCheck: Sendable {
    /// `uname -r`.
    package var release: String
    /// Whether pidfd_open(2) works. The seccomp filter of a container may forbid it.
    package var hasPidfd: Bool
    /// Whether inotify(7) works; nil if the directory cannot be watched.
    package var hasInotify: Bool?

    package init(release: String, hasPidfd: Bool, hasInotify: Bool?) {
        self.release = release
        self.hasPidfd = hasPidfd
        self.hasInotify = hasInotify
    }

    /// Checks this machine.
    ///
    /// - Parameter directory: A directory to watch.
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

    package var findings: [Finding] {
        let subject = "kernel"
        var findings: [Finding] = []
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        if numbers.count == 2, (numbers[0], numbers[1]) < (5, 11) {
            findings.append(
                .problem(
                    subject, "Linux \(release) is too old for close_range(2) as jobs use it. Update it to 5.11."))
        }
        if !hasPidfd {
            findings.append(
                .problem(
                    subject, "pidfd_open(2) is forbidden, so nothing can be killed. Allow it in the seccomp filter."))
        }
        if hasInotify == false {
            findings.append(
                .warning(
                    subject,
                    "inotify(7) does not work, so the broker notices the end of a job a quarter of a second late. "
                        + "Raise fs.inotify.max_user_instances."))
        }
        return findings.isEmpty ? [.ok(subject, "Linux \(release) has close_range, pidfd and inotify.")] : findings
    }
}
