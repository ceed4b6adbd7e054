import Core
import Logging
import Synchronization

/// Refreshes the catalogue in the background, by starting `remotisan-broker refresh`. No request waits for it.
///
/// Consoles are asked again when their files have changed, and programs of choices when their answers are too old.
final class BackgroundRefresh: Sendable {
    /// Milliseconds between two checks of the consoles' files.
    private static let consoleInterval: Int64 = 5000
    /// Milliseconds between two starts for choices. A refresh takes about this long.
    private static let choicesInterval: Int64 = 1000

    private let launcher: Launcher
    private let hasConsoles: Bool
    private let log: Logger
    private let startedAt = Mutex<Int64>(.min / 2)

    init(configuration: Configuration, launcher: Launcher, log: Logger) {
        self.launcher = launcher
        self.log = log
        hasConsoles = !configuration.consoles.isEmpty
    }

    /// Starts a refresh if something may be out of date and the last start is long enough ago.
    func startIfDue(for snapshot: CatalogueSnapshot) {
        let choicesAreDue = snapshot.choicesAreDue(at: Clock.seconds())
        guard hasConsoles || choicesAreDue else { return }
        let isDue = startedAt.withLock { startedAt in
            let now = Clock.boottimeMilliseconds()
            guard now - startedAt >= (choicesAreDue ? Self.choicesInterval : Self.consoleInterval) else { return false }
            startedAt = now
            return true
        }
        guard isDue else { return }
        do {
            try launcher.startRefresh()
        } catch {
            log.error("the refresh of consoles and choices could not be started", metadata: ["error": "\(error)"])
        }
    }
}
