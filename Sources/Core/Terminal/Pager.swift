import CSystem
import Glibc
import Synchronization

/// The program that shows long output on a terminal page by page.
package enum Pager {
    /// The pager that was started. There is one standard output, and so at most one.
    private static let started = Mutex<pid_t?>(nil)

    /// The command of the pager; nil if there is to be none: `PAGER` is empty or `cat`, or the terminal is dumb.
    ///
    /// `PAGER` of a person who runs this by sudo(8) is not obeyed, because it would run with the rights of another user.
    package static func command(_ environment: [String: String]) -> String? {
        if environment["TERM"] == "dumb" { return nil }
        guard environment["SUDO_UID"] == nil, let pager = environment["PAGER"] else { return "less" }
        return ["", "cat"].contains(pager.trimmingWhitespace) ? nil : pager
    }

    /// The environment of the pager. `F` ends less at once if everything fits on the screen, `R` shows colours, and `X`
    /// leaves the text on the screen. `LESSSECURE` keeps less from starting other programs with the rights of the
    /// service.
    package static func environment(_ environment: [String: String]) -> [String: String] {
        var environment = environment
        if environment["LESS"] == nil { environment["LESS"] = "FRX" }
        environment["LESSSECURE"] = "1"
        return environment
    }

    /// Sends standard output of this process through the pager from now on. At its end the process waits for the pager.
    /// Without the program, output goes on as before.
    package static func start(_ environment: [String: String]) {
        guard let command = command(environment), started.withLock({ $0 == nil }) else { return }
        var ends: [Int32] = [-1, -1]
        guard system_pipe(&ends) == 0 else { return }
        let reading = Descriptor(owning: ends[0])
        let writing = Descriptor(owning: ends[1])
        // The shell lives as long as the pager, also after Ctrl-C. Without a pager it shows everything.
        let script = "trap : INT QUIT\n\(command)\n[ $? != 127 ] || exec cat"
        guard
            let pid = try? ChildProcess.spawn(
                "/bin/sh", arguments: ["sh", "-c", script], environment: Self.environment(environment),
                descriptors: [reading.number, STDOUT_FILENO, STDERR_FILENO]),
            dup2(writing.number, STDOUT_FILENO) == STDOUT_FILENO
        else { return }
        started.withLock { $0 = pid }
        // Ctrl-C is for the pager. This process ends when the pager does.
        signal(SIGINT, SIG_IGN)
        signal(SIGQUIT, SIG_IGN)
    }

    /// Ends the output, and waits until the person has left the pager.
    package static func finish() {
        guard let pid = started.withLock({ $0 }) else { return }
        close(STDOUT_FILENO)
        ChildProcess.wait(for: pid)
    }
}
