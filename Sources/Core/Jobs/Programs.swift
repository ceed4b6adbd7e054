import Glibc

/// The paths of our programs, which lie in one directory.
package struct Programs: Sendable {
    /// The supervisor, `remotisan-job`.
    package let job: String
    /// The broker, `remotisan-broker`.
    package let broker: String
    /// `remotisan-as`, which starts and signals jobs of other users. It is optional.
    package let asUser: String

    /// The programs in a directory.
    package init(in directory: String) {
        job = directory + "/remotisan-job"
        broker = directory + "/remotisan-broker"
        asUser = directory + "/remotisan-as"
    }

    /// The path of the running program.
    package static func ownPath() throws(SystemError) -> String { try RealPath.resolve("/proc/self/exe") }

    /// The programs in the directory of the running one. A program may be missing.
    package static let beside = Programs(in: directory(of: (try? ownPath()) ?? ""))

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// The programs in the directory of the running one. Fails if a program is missing.
    package static func besideThisOne() throws(SystemError) -> Programs {
        let programs = Programs(in: directory(of: try ownPath()))
        for program in [programs.job, programs.broker] where access(program, X_OK) != 0 {
            throw SystemError("access", program)
        }
        return programs
    }
}
