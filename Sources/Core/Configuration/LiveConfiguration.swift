import Logging
import Synchronization

/// The configuration of a program that runs for a while. It is read again when the file changes.
///
/// The file is read when two checks in a row find it the same, so a half-written file does not count. A
/// valid configuration replaces the current one as a whole. An invalid one changes nothing, and the problem is
/// reported. While a responder lives, a broker follows its decision (``ConfigurationSource``).
///
/// ``check(isForced:decides:now:apply:)`` belongs to one thread. The properties can be read by any thread.
package final class LiveConfiguration: Sendable {
    /// Milliseconds between two checks.
    package static let interval: Int64 = 1000

    private let source: ConfigurationSource
    private let storage: Storage
    private let log: Logger
    private let writes: WriteWatch
    private let state: Mutex<State>

    private struct State {
        var current: Configuration
        var text: String
        var problem: String?
        var checkedAt: Int64
        /// The state of the files that was read last, and their paths.
        var read: FileFingerprint
        var files: [String]
        /// A state of the files that was seen once.
        var pending: FileFingerprint?
        /// The state of the accepted copy that was read last.
        var copy: FileFingerprint
    }

    /// - Parameter chosen: The configuration that the program started with.
    package init(_ source: ConfigurationSource, _ chosen: ConfigurationSource.Chosen, storage: Storage, log: Logger) {
        self.source = source
        self.storage = storage
        self.log = log
        writes = WriteWatch(source.path)
        let files = [source.path] + chosen.configuration.includedFiles
        state = Mutex(
            State(
                current: chosen.configuration, text: chosen.text, problem: chosen.problem,
                checkedAt: Clock.boottimeMilliseconds(), read: FileFingerprint(files), files: files,
                copy: FileFingerprint([AcceptedConfiguration.file(in: storage.directory)])))
        if let problem = chosen.problem {
            log.error(
                "the configuration file is not used, an earlier configuration is", metadata: ["problem": "\(problem)"])
        }
    }

    /// The configuration in use.
    package var current: Configuration { state.withLock { $0.current } }

    /// Why the file is not used; nil if it is. A sentence for the administrator.
    package var problem: String? { state.withLock { $0.problem } }

    /// Checks the file, at most once in ``interval``.
    ///
    /// - Parameters:
    ///   - isForced: Whether to read the file now, even if it has not changed.
    ///   - decides: Whether this program decides for the instance: it is a responder, or there is none.
    ///   - now: Milliseconds of the boot clock.
    ///   - apply: Makes the program use a new configuration. If it throws, the earlier one stays in use.
    package func check(
        isForced: Bool = false, decides: Bool, now: Int64 = Clock.boottimeMilliseconds(),
        apply: (Configuration) throws -> Void
    ) {
        let isDue = state.withLock { state in
            guard isForced || now - state.checkedAt >= Self.interval else { return false }
            state.checkedAt = now
            return true
        }
        guard isDue else { return }
        guard decides else { return follow(apply) }
        let isBeingWritten = writes.isBeingWritten(at: now)
        if isForced || !isBeingWritten { readChangedFile(isForced, apply) }
    }

    private func readChangedFile(_ isForced: Bool, _ apply: (Configuration) throws -> Void) {
        let files = state.withLock { $0.files }
        let mark = FileFingerprint(files)
        let isStable = state.withLock { state in
            if mark == state.read { state.pending = nil }
            if !isForced, mark == state.read || mark != state.pending {
                state.pending = mark == state.read ? nil : mark
                return false
            }
            return true
        }
        guard isStable else { return }
        var watched = files
        var text = ""
        let problem: String?
        do {
            text = try ConfigurationReader.text(of: source.path)
            // Someone has written it again: the next checks read it.
            guard FileFingerprint(files) == mark else { return }
            let configuration = try accepted(text)
            watched = [source.path] + configuration.includedFiles
            try apply(configuration)
            accept(configuration, text)
            problem = nil
        } catch {
            problem = "\(error)"
            refuse("\(error)")
        }
        writes.follow()
        state.withLock { state in
            // A file that a refused configuration names may be corrected, which counts as a change, too.
            state.files = problem == nil ? watched : Array(Set(watched + state.current.includedFiles)).sorted()
            state.read = watched == files ? mark : FileFingerprint(state.files)
            state.pending = nil
            state.problem = problem
        }
    }

    /// The configuration in a text, if it may replace the current one.
    private func accepted(_ text: String) throws -> Configuration {
        if let problem = ConfigurationSource.problemOfEmpty(text, at: source.path) {
            throw RefusedConfigurationError(description: problem)
        }
        let configuration = try source.reader.read(yaml: text, path: source.path)
        let fixed = configuration.fixedKeys(differingFrom: current)
        guard fixed.isEmpty else {
            throw RefusedConfigurationError(
                description: """
                    \(source.path): \(fixed.joined(separator: ", ")) cannot change while the programs run. Nothing of \
                    the file is used until the responder is restarted.
                    """)
        }
        return configuration
    }

    private func accept(_ configuration: Configuration, _ text: String) {
        let old = state.withLock { state in
            defer {
                state.current = configuration
                state.text = text
            }
            return state.current
        }
        log.notice("the configuration was read again", metadata: ["file": "\(source.path)"])
        for key in configuration.keysForNextStart(differingFrom: old) {
            log.warning(
                "a changed setting takes effect at the next start of the responder", metadata: ["key": "\(key)"])
        }
        record(ConfigurationSource.Chosen(configuration: configuration, text: text, problem: nil))
    }

    private func refuse(_ problem: String) {
        log.error("the changed configuration is not used, the earlier one is", metadata: ["problem": "\(problem)"])
        let (current, text) = state.withLock { ($0.current, $0.text) }
        record(ConfigurationSource.Chosen(configuration: current, text: text, problem: problem))
    }

    private func record(_ chosen: ConfigurationSource.Chosen) {
        do {
            try source.record(chosen, in: storage, decides: true)
        } catch {
            log.error("the accepted configuration could not be stored", metadata: ["error": "\(error)"])
        }
    }

    /// Uses the copy that the responder has accepted.
    private func follow(_ apply: (Configuration) throws -> Void) {
        let mark = FileFingerprint([AcceptedConfiguration.file(in: storage.directory)])
        let hasChanged = state.withLock { state in
            defer { state.copy = mark }
            return mark != state.copy
        }
        guard hasChanged, let copy = AcceptedConfiguration.read(in: storage.directory), copy.path == source.path,
            copy.text != state.withLock({ $0.text })
        else { return }
        do {
            let configuration = try source.reader.read(yaml: copy.text, path: source.path)
            try apply(configuration)
            state.withLock { state in
                state.current = configuration
                state.text = copy.text
                state.problem = copy.refused?.problem
            }
        } catch {
            log.error("the accepted configuration cannot be used", metadata: ["problem": "\(error)"])
        }
    }
}

/// A changed configuration that is valid and not used nevertheless.
struct RefusedConfigurationError: Error, CustomStringConvertible {
    /// A sentence for the administrator.
    let description: String
}
