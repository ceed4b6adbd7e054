import Foundation

/// A directory of one test, removed with everything in it when the last reference goes.
package final class TemporaryDirectory: Sendable {
    /// Its absolute path.
    package let path: String

    /// Makes a new one; short, because a Unix socket's path has 107 bytes at the most.
    package init() throws {
        let url = URL(fileURLWithPath: "/tmp/rms-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
