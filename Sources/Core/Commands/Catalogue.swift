import Synchronization

/// The commands that may be run, by name: those the configuration declares, and those of the consoles to which somebody
/// has given roles.
///
/// What the consoles listed, and what there is to choose, stands in the storage; a newer list is noticed within a
/// second, by whoever asks then.
package final class Catalogue: Sendable {
    private let configuration: Configuration
    private let path: String?
    private let state: Mutex<State>

    private struct State {
        var snapshot: CatalogueSnapshot
        /// What the cache's file looked like when it was read.
        var file: FileStatus?
        /// Milliseconds of the boot clock of the last look at it.
        var lookedAt: Int64
    }

    /// Milliseconds between two looks at the cache's file.
    private static let interval: Int64 = 500

    /// The catalogue of a configuration's allow-list.
    ///
    /// - Parameter storage: Where the consoles' lists are kept; nil: only what is declared.
    package init(_ configuration: Configuration, storage: Storage? = nil) {
        self.configuration = configuration
        path = configuration.consoles.isEmpty && configuration.choicePrograms.isEmpty ? nil : storage?.catalogue
        state = Mutex(
            State(snapshot: CatalogueSnapshot(configuration, CatalogueCache()), file: nil, lookedAt: .min / 2))
    }

    /// The catalogue as it is now; it stays the same while it is held.
    package var current: CatalogueSnapshot {
        guard let path else { return state.withLock { $0.snapshot } }
        return state.withLock { state in
            let now = Clock.boottimeMilliseconds()
            guard now - state.lookedAt >= Self.interval else { return state.snapshot }
            state.lookedAt = now
            let file = FileStatus(ofPath: path)
            // A cache that cannot be read now leaves us with what it said before.
            if file != state.file, let cache = try? CatalogueCache.read(path) {
                state.file = file
                state.snapshot = CatalogueSnapshot(configuration, cache, after: state.snapshot)
            }
            return state.snapshot
        }
    }

    /// A command by its exact name.
    package subscript(name: String) -> Command? { current[name] }

    /// The names of the commands a person may run.
    package func names(for person: Person, _ permissions: Permissions) -> Set<String> {
        current.names(for: person, permissions)
    }
}
