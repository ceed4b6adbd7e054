import Foundation
import Glibc
import TestSupport

@testable import Core

/// Lets a job start processes of root, which the service may not signal, as sudo does. Only root can make it.
struct OtherUser {
    private let directory: TemporaryDirectory

    /// The words before a program that is to run as root.
    var words: [String] { [directory.path + "/as-root", "--reuid=0"] }

    init() throws {
        directory = try TemporaryDirectory()
        // A set-uid program alone would keep the real user, whom the service may signal, kill(2).
        let program = directory.path + "/as-root"
        try FileManager.default.copyItem(atPath: "/usr/bin/setpriv", toPath: program)
        guard chmod(program, 0o4755) == 0 else { throw SystemError("chmod", program) }
    }
}
