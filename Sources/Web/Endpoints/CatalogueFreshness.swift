import Core
import Logging
import Synchronization

/// Has the consoles asked again, in the background, when their files have changed, and the programs of choices when their
/// answers are too old. Nobody waits for it.
final class CatalogueFreshness: Sendable {
    /// Milliseconds between two looks at the consoles' files.
    private static let interval: Int64 = 5000
    /// Milliseconds between two looks for choices: what was just started has been asking for so long.
    private static let choicesInterval: Int64 = 1000

    private let launcher: Launcher
    private let hasConsoles: Bool
    private let log: Logger
    private let lookedAt = Mutex<Int64>(.min / 2)

    init(configuration: Configuration, launcher: Launcher, log: Logger) {
        self.launcher = launcher
        self.log = log
        hasConsoles = !configuration.consoles.isEmpty
    }

    /// Starts whoever asks, if the last look was a while ago and there may be something to ask.
    func look(_ snapshot: CatalogueSnapshot) {
        let choicesAreDue = snapshot.choicesAreDue(at: Clock.seconds())
        guard hasConsoles || choicesAreDue else { return }
        let isTime = lookedAt.withLock { lookedAt in
            let now = Clock.boottimeMilliseconds()
            guard now - lookedAt >= (choicesAreDue ? Self.choicesInterval : Self.interval) else { return false }
            lookedAt = now
            return true
        }
        guard isTime else { return }
        do {
            try launcher.startRefresh()
        } catch {
            log.error("consoles and choices could not be asked for", metadata: ["error": "\(error)"])
        }
    }
}
