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
            let path = linkOfOwn()
            guard path.hasSuffix(removed) else { throw error }
            return try RealPath.resolve(String(path.dropLast(removed.count)))
        }
    }

    /// The path of the running program as the kernel gives it, whether this process may reach it or not.
    fileprivate static func linkOfOwn() -> String {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static let removed = " (deleted)"

    /// The programs in the directory of the running one. A program may be missing.
    package static let beside = Programs(in: directory(of: (try? ownPath()) ?? ""))

    private static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// The programs in the directory of the running one. Fails if this user cannot run one of them.
    package static func besideThisOne() throws(ProgramsError) -> Programs {
        let path: String
        do throws(SystemError) { path = try ownPath() } catch { throw ProgramsError(ownPath: error) }
        let programs = Programs(in: directory(of: path))
        for program in [programs.job, programs.broker] where access(program, X_OK) != 0 {
            throw ProgramsError(SystemError("access", program))
        }
        return programs
    }
}

/// Why the programs cannot be used.
package struct ProgramsError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and what to do.
    package let description: String

    /// - Parameter error: Why a program cannot be executed.
    fileprivate init(_ error: SystemError) {
        description = """
            \(error.subject) cannot be executed: \(SystemError.text(of: error.code)). Install all three programs in one \
            directory.
            """
    }

    /// - Parameter error: Why the path of the running program was not found. Root, for example, starts a program below
    ///   /root and then becomes the owner of the storage.
    fileprivate init(ownPath error: SystemError) {
        guard error.code == EACCES, let closed = Self.closedDirectory(above: Programs.linkOfOwn()) else {
            description = "\(error) Install all three programs in one directory."
            return
        }
        let user = Account(uid: geteuid())?.name ?? "User \(geteuid())"
        description = """
            \(user), who runs this program, may not enter \(closed), and the program is below it. Install the programs in \
            a directory that every user may enter, such as /usr/bin.
            """
    }

    /// The first directory on the way to a file that this process may not enter.
    private static func closedDirectory(above path: String) -> String? {
        path.indices.lazy.filter { path[$0] == "/" }.map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
            .first { faccessat(AT_FDCWD, $0, X_OK, AT_EACCESS) != 0 }
    }
}
