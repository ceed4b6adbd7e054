import Core
import Logging
import Synchronization

/// Has the consoles asked again, in the background, when their files have changed. Nobody waits for it.
final class CatalogueFreshness: Sendable {
    /// Milliseconds between two looks.
    private static let interval: Int64 = 5000

    private let launcher: Launcher
    private let hasConsoles: Bool
    private let log: Logger
    private let lookedAt = Mutex<Int64>(.min / 2)

    init(configuration: Configuration, storage: Storage, launcher: Launcher, log: Logger) {
        self.launcher = launcher
        self.log = log
        hasConsoles = !configuration.consoles.isEmpty
    }

    /// Starts a look at the consoles' files if the last one was a while ago.
    func look() {
        guard hasConsoles else { return }
        let isTime = lookedAt.withLock { lookedAt in
            let now = Clock.boottimeMilliseconds()
            guard now - lookedAt >= Self.interval else { return false }
            lookedAt = now
            return true
        }
        guard isTime else { return }
        do {
            try launcher.startRefresh()
        } catch {
            log.error("the consoles could not be asked", metadata: ["error": "\(error)"])
        }
    }
}
