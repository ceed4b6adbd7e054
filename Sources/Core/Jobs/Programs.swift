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

    /// The path of the running program. After an upgrade it is that of its successor.
    package static func ownPath() throws(SystemError) -> String {
        do {
            return try RealPath.resolve("/proc/self/exe")
        } catch {
            // The file was replaced or removed, so the kernel adds a word to its path (proc(5)).
            var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = readlink("/proc/self/exe", &bytes, bytes.count)
            let path = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            guard path.hasSuffix(removed) else { throw error }
            return try RealPath.resolve(String(path.dropLast(removed.count)))
        }
    }

    private static let removed = " (deleted)"

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
