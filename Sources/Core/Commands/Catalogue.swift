import Synchronization

/// The commands that can be run: the commands that the configuration declares, and the consoles' commands that have
/// roles.
///
/// The results of consoles and choice programs are read from the storage. A change takes effect within a second.
package final class Catalogue: Sendable {
    private let file: String?
    private let state: Mutex<State>

    private struct State {
        var configuration: Configuration
        /// The file with the results; nil if the configuration has neither consoles nor choice programs.
        var path: String?
        var snapshot: CatalogueSnapshot
        /// Status of the file when it was read.
        var file: FileStatus?
        /// When the file was last checked, in milliseconds of the boot clock.
        var checkedAt: Int64
    }

    /// Milliseconds between two checks of the file.
    private static let interval: Int64 = 500

    /// - Parameter storage: The directory of the instance; nil for the declared commands only.
    package convenience init(_ configuration: Configuration, storage: Storage? = nil) {
        self.init(configuration, path: storage?.catalogue)
    }

    /// - Parameter path: The file with the results; nil for the declared commands only.
    package init(_ configuration: Configuration, path: String?) {
        file = path
        state = Mutex(Self.state(configuration, path))
    }

    private static func state(
        _ configuration: Configuration, _ path: String?, after previous: CatalogueSnapshot? = nil
    ) -> State {
        let needsFile = !configuration.consoles.isEmpty || !configuration.choicePrograms.isEmpty
        let path = needsFile ? path : nil
        // Read with the first use, because not every request of a CGI program needs it. A change must not empty the
        // list.
        let file = previous == nil ? nil : path.flatMap { try? CatalogueFile.read($0) }
        return State(
            configuration: configuration, path: path,
            snapshot: CatalogueSnapshot(configuration, file: file ?? CatalogueFile(), after: previous), file: nil,
            checkedAt: .min / 2)
    }

    /// Replaces the configuration.
    package func use(_ configuration: Configuration) {
        state.withLock { state in
            state = Self.state(configuration, file, after: state.snapshot)
        }
    }

    /// The catalogue at this moment.
    package var current: CatalogueSnapshot {
        state.withLock { state in
            guard let path = state.path else { return state.snapshot }
            let now = Clock.boottimeMilliseconds()
            guard now - state.checkedAt >= Self.interval else { return state.snapshot }
            state.checkedAt = now
            let status = FileStatus(ofPath: path)
            // If the file cannot be read, its earlier content stays in effect.
            if status != state.file, let file = try? CatalogueFile.read(path) {
                state.file = status
                state.snapshot = CatalogueSnapshot(state.configuration, file: file, after: state.snapshot)
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
}
