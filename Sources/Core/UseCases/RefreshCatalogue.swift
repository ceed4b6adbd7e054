import CSystem
import Glibc
import Logging

/// Asks the consoles for their commands and the programs of choices for their values, and keeps what they say in the
/// storage.
package struct RefreshCatalogue: Sendable {
    private let configuration: Configuration
    private let storage: Storage
    private let log: Logger

    /// The use case on its collaborators.
    package init(configuration: Configuration, storage: Storage, log: Logger) {
        self.configuration = configuration
        self.storage = storage
        self.log = log
    }

    /// What became of a console or a program.
    package struct Outcome: Sendable {
        /// Which one.
        package let subject: String
        /// What is known of it now: `12 commands`.
        package let known: String
        /// Why it could not be asked; what is known is what it said before.
        package let problem: String?
    }

    /// Asks, one after the other, and keeps each answer as it comes: nobody's waits for a slower one. The programs of
    /// choices come first, those that never answered before the others.
    ///
    /// - Parameters:
    ///   - onlyIfNeeded: Whether to leave out consoles whose files have not changed since they were asked (those that
    ///     failed just now, too), and programs whose answers are still good.
    ///   - withChoices: Whether programs of choices are asked at all: only where somebody looks, or waits.
    /// - Returns: What became of each that was asked; nil if another process is at it and `onlyIfNeeded`. Else that is
    ///   waited for.
    /// - Throws: ``SystemError``; then what was asked before is kept.
    package func refresh(onlyIfNeeded: Bool = false, withChoices: Bool = true) throws -> [Outcome]? {
        let known = try CatalogueCache.read(storage.catalogue)
        let now = Clock.seconds()
        let programs = configuration.choicePrograms
            .filter { withChoices && (!onlyIfNeeded || $0.isDue(askedAt: known[$0]?.askedAt, at: now)) }
        let consoles = configuration.consoles
            .filter { !onlyIfNeeded || known[$0]?.isDue(ConsoleFingerprint($0).text, at: now) ?? true }
        guard !programs.isEmpty || !consoles.isEmpty else { return [] }
        let lock = try Descriptor(opening: storage.catalogueLock, O_RDWR | O_CREAT)
        while system_try_ofd_lock(lock.number) != 0 {
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", storage.catalogueLock) }
            if onlyIfNeeded { return nil }
            // It may have asked before what its caller wants to see was there. It ends: all that it asks is given up in time.
            usleep(50_000)
        }
        return try ask(consoles, programs, keeping: CatalogueCache.read(storage.catalogue))
    }

    private func ask(
        _ consoles: [Console], _ programs: [ChoiceProgram], keeping known: CatalogueCache
    ) throws -> [Outcome] {
        // What is no longer in the configuration goes.
        var cache = CatalogueCache(
            entries: configuration.consoles.compactMap { known[$0] },
            choices: configuration.choicePrograms.compactMap { known[$0] })
        var outcomes: [Outcome] = []
        let unknown = programs.filter { known[$0]?.choices == nil }
        for program in unknown + programs.filter({ !unknown.contains($0) }) {
            let entry = try ListChoices(storage: storage, log: log).ask(program, known: cache[program])
            cache.choices.removeAll { $0.program == program }
            cache.choices.append(entry)
            try cache.write(to: storage.catalogue)
            outcomes.append(Outcome(entry))
        }
        for console in consoles {
            let entry = try ListConsoleCommands(storage: storage, log: log).ask(console, known: cache[console])
            cache.entries.removeAll { $0.console == console }
            cache.entries.append(entry)
            try cache.write(to: storage.catalogue)
            outcomes.append(
                Outcome(
                    subject: console.description, known: "\(entry.commands.count) commands", problem: entry.problem))
        }
        return outcomes
    }
}

extension RefreshCatalogue.Outcome {
    fileprivate init(_ entry: CatalogueCache.ChoiceEntry) {
        subject = entry.program.description
        let left = entry.leftOut == 0 ? "" : "; \(entry.leftOut) lines that cannot be values were left out"
        known = "\(entry.choices?.count ?? 0) choices\(left)"
        problem = entry.problem
    }
}
