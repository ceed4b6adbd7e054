import CSystem
import Foundation
import Glibc
import Synchronization

/// Starts other programs with posix_spawn(3), which does not copy this process, and waits for them.
package enum ChildProcess {
    /// The children that this process has started and not waited for yet. They belong to the process as a whole, and so
    /// does this set: it tells them from children that it has inherited.
    private static let awaited = Mutex<Set<pid_t>>([])
    /// Those of them for which no thread waits. The next start reaps the ones that have ended, because a thread that
    /// waits for them cannot always be started.
    private static let left = Mutex<Set<pid_t>>([])

    /// Closes the memory and the environment of this process to jobs, which run as the same user. proc(5): the files of
    /// such a process in `/proc` belong to root.
    package static func closeMemory() {
        _ = system_close_memory()
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Absolute path.
    ///   - arguments: All of argv, beginning with the name of the program.
    ///   - environment: The complete environment of the new process.
    ///   - descriptors: The descriptors 0, 1, 2 … of the new process. It gets no others.
    ///   - session: Whether it leads a new session.
    /// - Returns: Its pid. The caller has to wait for it.
    static func spawn(
        _ program: String, arguments: [String], environment: [String: String], descriptors: [Int32],
        session: Bool = false
    ) throws(SystemError) -> pid_t {
        var pid: pid_t = 0
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        // Under the lock, so that no other thread sees the child before it is in the set.
        let code = awaited.withLock { awaited in
            let code = withCStrings(arguments) { argv in
                withCStrings(variables) { envp in
                    system_spawn(&pid, program, argv, envp, descriptors, Int32(descriptors.count), session)
                }
            }
            if code == 0 { awaited.insert(pid) }
            return code
        }
        reapLeft(except: pid)
        guard code == 0 else { throw SystemError("posix_spawn", program, code: code) }
        return pid
    }

    /// Lets a child end without a thread that waits for it. A thread reaps it, or the next start of a program does.
    static func leave(_ pid: pid_t, reapingOnThread: Bool = true) {
        left.withLock { _ = $0.insert(pid) }
        guard reapingOnThread else { return }
        try? Threads.start {
            while system_await_end(pid) < 0, errno == EINTR {}
            reapLeft()
        }
    }

    /// Reaps the children that were left and have ended.
    private static func reapLeft(except new: pid_t = 0) {
        left.withLock { left in
            for pid in left where pid != new {
                let isReaped = awaited.withLock { awaited in
                    let result = waitpid(pid, nil, WNOHANG)
                    guard result == pid || (result < 0 && errno == ECHILD) else { return false }
                    awaited.remove(pid)
                    return true
                }
                if isReaped { left.remove(pid) }
            }
        }
    }

    /// Waits until a child has ended.
    ///
    /// - Returns: Its status, as waitpid(2) returns it.
    @discardableResult
    static func wait(for pid: pid_t) -> Int32 {
        // It stays a zombie until it is out of the set, so that no other child gets its pid meanwhile.
        while system_await_end(pid) < 0, errno == EINTR {}
        return awaited.withLock { awaited in
            awaited.remove(pid)
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            return status
        }
    }

    /// Kills a child and its process group, and waits for its end.
    ///
    /// A program of another user, such as sudo, cannot be killed. It goes on, and a thread waits for it.
    ///
    /// - Parameter pid: A child that leads a session.
    static func kill(_ pid: pid_t) {
        Glibc.kill(-pid, SIGKILL)
        let opened = system_pidfd_open(pid)
        if opened >= 0 {
            let pidfd = Descriptor(owning: opened)
            // It ends within milliseconds, or not at all.
            guard system_await([pidfd.number], 1, 1000) == 1 else {
                leave(pid)
                return
            }
        }
        wait(for: pid)
    }

    /// Reaps the processes that this process inherits, on a thread of its own, for as long as the process lives.
    ///
    /// The first process of a container, and a subreaper (PR_SET_CHILD_SUBREAPER, prctl(2)), become the parents of
    /// processes whose own parent has ended: of every supervisor, and of what a job leaves. A process that has ended
    /// stays in the process table until its parent waits for it. For any other process this does nothing.
    ///
    /// - Throws: If the thread cannot be started.
    package static func reapInherited() throws(SystemError) {
        guard getpid() == 1 || system_is_subreaper() == 1 else { return }
        try Threads.start {
            while true {
                let ended = system_await_child()
                if ended < 0 {
                    // There is no child. One that is inherited later shows only when we look again.
                    if errno == ECHILD { sleep(1) }
                } else if !reap(ended) {
                    // It is one of our own, for which another thread waits. It may hide others that have ended.
                    for child in children() { _ = reap(child) }
                    usleep(20_000)
                }
            }
        }
    }

    /// Reaps a child that has ended, unless another thread waits for it.
    ///
    /// - Returns: false if another thread waits for it.
    private static func reap(_ pid: pid_t) -> Bool {
        awaited.withLock { awaited in
            guard !awaited.contains(pid) else { return false }
            waitpid(pid, nil, WNOHANG)
            return true
        }
    }

    private static func children() -> [pid_t] {
        ProcessTable().entries.values.filter { $0.parent == getpid() && !$0.isAlive }.map(\.identity.pid)
    }

    /// Calls `body` with a NULL-terminated array of C strings.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        copies.append(nil)
        return body(copies)
    }
}
