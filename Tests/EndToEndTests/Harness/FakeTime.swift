import Foundation
import Glibc

/// A wall clock that is wrong for one program: Debian's package `faketime`.
///
/// Only CLOCK_REALTIME differs, as after `date --set`. The boot clock and the times of files stay as the kernel has
/// them.
enum FakeTime {
    /// The program and arguments that run another program with a wrong clock, in the same process.
    ///
    /// Without FAKETIME_DONT_FAKE_MONOTONIC the library also changes CLOCK_BOOTTIME, and without NO_FAKE_STAT the times
    /// of files. No administrator can set those.
    ///
    /// - Parameter offset: Such as `+400d` or `-15m`.
    static func command(_ offset: String) throws -> [String] {
        [
            "/usr/bin/env", "LD_PRELOAD=\(try library)", "FAKETIME=\(offset)", "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "NO_FAKE_STAT=1",
            // The first process with the library changes its environment, after which Swift does not find its
            // arguments.
            "/usr/bin/env",
        ]
    }

    /// Removes the shared memory of processes that have ended. The library leaves it when a process executes another
    /// program.
    static func removeLeftovers() {
        let directory = "/dev/shm"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
            guard name.hasPrefix("faketime_shm_") || name.hasPrefix("sem.faketime_sem_"),
                let pid = name.split(separator: "_").last.flatMap({ pid_t($0) }), kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            unlink("\(directory)/\(name)")
        }
    }

    private static var library: String {
        get throws {
            var found = glob_t()
            defer { globfree(&found) }
            glob("/usr/lib/*/faketime/libfaketime.so.1", 0, nil, &found)
            guard found.gl_pathc > 0, let path = found.gl_pathv[0] else {
                throw MissingPackageError(description: "Install faketime: scripts/install-dependencies test")
            }
            return String(cString: path)
        }
    }
}

/// A package that the tests need is not installed.
struct MissingPackageError: Error, CustomStringConvertible {
    let description: String
}
