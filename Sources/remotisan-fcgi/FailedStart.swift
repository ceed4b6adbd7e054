import Core
import Foundation
import Glibc

/// Slows a responder down that systemd starts again and again, because each start writes the same to the journal.
enum FailedStart {
    /// Milliseconds after which it ends, because the cause may be outside of the configuration.
    private static let limit: Int64 = 30_000

    /// Whether a service of systemd runs this process (systemd.exec(5)).
    private static var isService: Bool { StandardError.isJournal && getenv("INVOCATION_ID") != nil }

    /// Waits until a configuration file changes, but not longer than 30 s. Then systemd tries it again. Does nothing
    /// outside of a service.
    static func wait(for configuration: String) {
        guard isService else { return }
        let version = FileVersion(ofPath: configuration)
        let deadline = Clock.boottimeMilliseconds() + limit
        while Clock.boottimeMilliseconds() < deadline, FileVersion(ofPath: configuration) == version { usleep(200_000) }
    }
}
