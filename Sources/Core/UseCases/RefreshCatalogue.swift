import CSystem
import Glibc
import Logging

/// Runs the consoles and the choice programs, and stores their commands and choices.
package struct RefreshCatalogue: Sendable {
    private let configuration: Configuration
    private let storage: Storage
    private let log: Logger

    package init(configuration: Configuration, storage: Storage, log: Logger) {
        self.configuration = configuration
        self.storage = storage
        self.log = log
    }

    /// The result for a console or a choice program.
    package struct Outcome: Sendable {
        package let subject: String
        /// The stored result, such as `12 commands`.
        package let known: String
        /// Why it failed; nil if it succeeded. After a failure the earlier result stays stored.
        package let problem: String?
    }

    /// Runs one program after the other, and stores each result immediately. Choice programs come first, and among them
    /// those without a result.
    ///
    /// - Parameters:
    ///   - onlyIfNeeded: Whether to skip consoles whose files have not changed since their last run, consoles that
    ///     failed a moment ago, and choice programs whose results are recent.
    ///   - withChoices: Whether to run choice programs. They are needed only if a person or a
    ///     queued execution needs their choices.
    /// - Returns: The results; nil if `onlyIfNeeded` is set and another process refreshes. Otherwise this function
    ///   waits for that process.
    /// - Throws: ``SystemError``. The results so far stay stored.
    package func refresh(onlyIfNeeded: Bool = false, withChoices: Bool = true) throws -> [Outcome]? {
        let known = try CatalogueFile.read(storage.catalogue)
        let now = Clock.seconds()
        let programs = configuration.choicePrograms
            .filter { program in
                guard withChoices, onlyIfNeeded else { return withChoices }
                let last = known[program]
                return program.needsRefresh(lastRun: last?.askedAt, hasFailed: last?.problem != nil, at: now)
            }
        let consoles = configuration.consoles
            .filter { !onlyIfNeeded || known[$0]?.needsRefresh(SourceFingerprint(of: $0).text, at: now) ?? true }
        guard !programs.isEmpty || !consoles.isEmpty else { return [] }
        let lock = try Descriptor(opening: storage.catalogueLock, O_RDWR | O_CREAT)
        while system_try_ofd_lock(lock.number) != 0 {
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", storage.catalogueLock) }
            if onlyIfNeeded { return nil }
            // The other process may have started before the change that the caller wants to see, so wait for its end
            // and run again. It ends, because every program has a timeout.
            usleep(50_000)
        }
        return try run(consoles, programs, keeping: CatalogueFile.read(storage.catalogue))
    }

    private func run(
        _ consoles: [Console], _ programs: [ChoiceProgram], keeping known: CatalogueFile
    ) throws -> [Outcome] {
        // Drops consoles and programs that are not in the configuration any more.
        var file = CatalogueFile(
            consoles: configuration.consoles.compactMap { known[$0] },
            choices: configuration.choicePrograms.compactMap { known[$0] })
        var outcomes: [Outcome] = []
        let unknown = programs.filter { known[$0]?.choices == nil }
        for program in unknown + programs.filter({ !unknown.contains($0) }) {
            let entry = try ListChoices(storage: storage, log: log).list(program, known: file[program])
            file.choices.removeAll { $0.program == program }
            file.choices.append(entry)
            try file.write(to: storage.catalogue)
            outcomes.append(Outcome(entry))
        }
        for console in consoles {
            let entry = try ListConsoleCommands(storage: storage, log: log).list(console, known: file[console])
            file.consoles.removeAll { $0.console == console }
            file.consoles.append(entry)
            try file.write(to: storage.catalogue)
            outcomes.append(
                Outcome(
                    subject: console.description, known: "\(entry.commands.count) commands",
                    problem: entry.problem ?? entry.notice))
        }
        return outcomes
    }
}

extension RefreshCatalogue.Outcome {
    fileprivate init(_ entry: CatalogueFile.ChoiceResult) {
        subject = entry.program.description
        let left = entry.ignoredLines == 0 ? "" : "; \(entry.ignoredLines) invalid lines were ignored"
        known = "\(entry.choices?.count ?? 0) choices\(left)"
        problem = entry.problem
    }
}
