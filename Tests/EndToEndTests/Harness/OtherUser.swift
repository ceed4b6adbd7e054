import Foundation
import Glibc
import TestSupport

@testable import Core

/// Lets a job start processes of another user, which the service may not signal, as sudo does. Only root can make it.
struct OtherUser {
    private let directory: TemporaryDirectory
    private let user: uid_t

    /// The words before a program that is to run as the user.
    var words: [String] { [directory.path + "/as-root", "--reuid=\(user)"] }

    /// - Parameter name: The user.
    init(name: String = "root") throws {
        guard let account = getpwnam(name) else { throw SystemError("getpwnam", name) }
        user = account.pointee.pw_uid
        directory = try TemporaryDirectory()
        // A set-uid program alone would keep the real user, whom the service may signal, kill(2).
        let program = directory.path + "/as-root"
        try FileManager.default.copyItem(atPath: "/usr/bin/setpriv", toPath: program)
        guard chmod(program, 0o4755) == 0 else { throw SystemError("chmod", program) }
    }
}
