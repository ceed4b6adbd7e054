import CSystem
import Glibc

/// Starts other programs with posix_spawn(3), which does not copy this process.
enum ChildProcess {
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
        let code = withCStrings(arguments) { argv in
            withCStrings(variables) { envp in
                system_spawn(&pid, program, argv, envp, descriptors, Int32(descriptors.count), session)
            }
        }
        guard code == 0 else { throw SystemError("posix_spawn", program, code: code) }
        return pid
    }

    /// Waits until a child has ended.
    static func wait(for pid: pid_t) {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
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
