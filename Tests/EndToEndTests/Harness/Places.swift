import Foundation
import Glibc

/// Where the programs and the files of the repository are. The account of the web server can enter these directories.
enum Places {
    /// `remotisan-fcgi`, `remotisan-broker` and `remotisan-job`; others than the build's own with REMOTISAN_PROGRAMS.
    static let programs = reachable(ProcessInfo.processInfo.environment["REMOTISAN_PROGRAMS"] ?? built)
    /// `Tests/Fixtures/programs`.
    static let fixtures = reachable(repository + "/Tests/Fixtures/programs")
    /// `Tests/Fixtures/symfony`.
    static let symfony = reachable(repository + "/Tests/Fixtures/symfony")
    /// `Tests/Fixtures/laravel`.
    static let laravel = reachable(repository + "/Tests/Fixtures/laravel")

    /// The root of the repository.
    static let repository: String = {
        var parts = #filePath.split(separator: "/").dropLast(4).map(String.init)
        parts.insert("", at: 0)
        return parts.joined(separator: "/")
    }()

    /// The directory of the test bundle, where the build puts all programs.
    private static let built: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var directory = own
        while let slash = directory.lastIndex(of: "/"), slash > directory.startIndex {
            directory = String(directory[..<slash])
            if access(directory + "/remotisan-fcgi", X_OK) == 0 { return directory }
        }
        return repository + "/.build/debug"
    }()

    /// The directory itself, or a copy if other users cannot enter one of its parents.
    private static func reachable(_ directory: String) -> String {
        var path = directory
        var isOpen = true
        while path.count > 1 {
            var status = stat()
            if stat(path, &status) != 0 || status.st_mode & S_IXOTH == 0 { isOpen = false }
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        }
        return isOpen ? directory : copy(directory)
    }

    private static func copy(_ directory: String) -> String {
        let name = directory.split(separator: "/").last.map(String.init) ?? "copy"
        let target = copies + "/" + name
        let manager = FileManager.default
        if ["laravel", "symfony", "programs"].contains(name) {
            try? manager.copyItem(atPath: directory, toPath: target)
        } else {
            try? manager.createDirectory(atPath: target, withIntermediateDirectories: true)
            for program in ["remotisan-fcgi", "remotisan-broker", "remotisan-job", "remotisan-as"] {
                try? manager.copyItem(atPath: directory + "/" + program, toPath: target + "/" + program)
            }
        }
        return target
    }

    /// Removed when the tests end.
    private static let copies: String = {
        let path = "/tmp/rms-copies-\(getpid())"
        mkdir(path, 0o755)
        atexit { try? FileManager.default.removeItem(atPath: "/tmp/rms-copies-\(getpid())") }
        return path
    }()
}
