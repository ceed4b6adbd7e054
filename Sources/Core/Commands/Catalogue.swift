import Synchronization

/// The commands that can be run: the commands that the configuration declares, and the consoles' commands that have
/// roles.
///
/// The results of consoles and choice programs are read from the storage. A change takes effect within a second.
package final class Catalogue: Sendable {
    private let configuration: Configuration
    private let path: String?
    private let state: Mutex<State>

    private struct State {
        var snapshot: CatalogueSnapshot
        /// Status of the file when it was read.
        var file: FileStatus?
        /// When the file was last checked, in milliseconds of the boot clock.
        var checkedAt: Int64
    }

    /// Milliseconds between two checks of the file.
    private static let interval: Int64 = 500

    /// - Parameter storage: The directory of the instance; nil for the declared commands only.
    package init(_ configuration: Configuration, storage: Storage? = nil) {
        self.configuration = configuration
        path = configuration.consoles.isEmpty && configuration.choicePrograms.isEmpty ? nil : storage?.catalogue
        state = Mutex(
            State(snapshot: CatalogueSnapshot(configuration, file: CatalogueFile()), file: nil, checkedAt: .min / 2))
    }

    /// The catalogue at this moment.
    package var current: CatalogueSnapshot {
        guard let path else { return state.withLock { $0.snapshot } }
        return state.withLock { state in
            let now = Clock.boottimeMilliseconds()
            guard now - state.checkedAt >= Self.interval else { return state.snapshot }
            state.checkedAt = now
            let status = FileStatus(ofPath: path)
            // If the file cannot be read, its earlier content stays in effect.
            if status != state.file, let file = try? CatalogueFile.read(path) {
                state.file = status
                state.snapshot = CatalogueSnapshot(configuration, file: file, after: state.snapshot)
            }
            return state.snapshot
        }
    }

    /// A command by its exact name.
    package subscript(name: String) -> Command? { current[name] }

    /// The names of the commands that a person may run.
    package func names(for person: Person, _ permissions: Permissions) -> Set<String> {
        current.names(for: person, permissions)
    }

    /// The names of the commands whose executions a person may see.
    package func viewableNames(for person: Person, _ permissions: Permissions) -> Set<String> {
        Set(current.all.lazy.filter { permissions.mayView($0, by: person) }.map(\.name))
    }
}
