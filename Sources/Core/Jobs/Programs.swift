import Glibc

/// The paths of our programs, which lie in one directory.
package struct Programs: Sendable {
    /// The supervisor, `remotisan-job`.
    package let job: String
    /// The broker, `remotisan-broker`.
    package let broker: String

    /// The programs in a directory.
    package init(in directory: String) {
        job = directory + "/remotisan-job"
        broker = directory + "/remotisan-broker"
    }

    /// The path of the running program.
    package static func ownPath() throws(SystemError) -> String { try RealPath.resolve("/proc/self/exe") }

    /// The programs in the directory of the running one. Fails if a program is missing.
    package static func besideThisOne() throws(SystemError) -> Programs {
        let path = try ownPath()
        let programs = Programs(in: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
        for program in [programs.job, programs.broker] where access(program, X_OK) != 0 {
            throw SystemError("access", program)
        }
        return programs
    }
}
