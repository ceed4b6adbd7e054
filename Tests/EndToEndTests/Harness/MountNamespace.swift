import Foundation
import TestSupport

/// Mounts that only some processes see, mount_namespaces(7).
enum MountNamespace {
    /// Whether a test can make one. It cannot in a chroot whose root directory is no mount point.
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "true"]
        return (try? process.runToEnd()) != nil && process.terminationStatus == 0
    }()
}
