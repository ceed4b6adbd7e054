import CSystem
import Glibc
import Logging

/// Asks the consoles for their commands, and keeps what they say in the storage.
public struct RefreshCatalogue: Sendable {
    /// Seconds that a console may take.
    private static let patience = 60
    /// Bytes that it may print.
    private static let limit = 32 << 20

    private let consoles: [Console]
    private let storage: Storage
    private let log: Logger

    /// The use case on its collaborators.
    public init(configuration: Configuration, storage: Storage, log: Logger) {
        consoles = configuration.consoles
        self.storage = storage
        self.log = log
    }

    /// What became of a console.
    public struct Outcome: Sendable {
        /// Which one.
        public let console: Console
        /// How many commands are known of it now.
        public let commands: Int
        /// Why it could not be asked; what is known is what it said before.
        public let problem: String?
    }

    /// Whether a console's files have changed since it was asked, or it never was.
    ///
    /// - Throws: ``SystemError``.
    public func isNeeded() throws -> Bool {
        guard !consoles.isEmpty else { return false }
        let cache = try CatalogueCache.read(storage.catalogue)
        return consoles.contains { cache[$0]?.fingerprint != ConsoleFingerprint($0).text }
    }

    /// Asks every console and writes the cache.
    ///
    /// - Returns: What became of each; nil if another process is at it.
    /// - Throws: ``SystemError``; then the cache is what it was.
    public func refresh() throws -> [Outcome]? {
        let lock = try Descriptor(opening: storage.catalogueLock, O_RDWR | O_CREAT)
        guard system_try_ofd_lock(lock.number) == 0 else { return nil }
        let known = try CatalogueCache.read(storage.catalogue)
        var cache = CatalogueCache()
        for console in consoles { cache.entries.append(try ask(console, known: known[console])) }
        try cache.write(to: storage.catalogue)
        return cache.entries.map {
            Outcome(console: $0.console, commands: $0.commands.count, problem: $0.problem)
        }
    }

    private func ask(_ console: Console, known: CatalogueCache.Entry?) throws -> CatalogueCache.Entry {
        // Looked at before it is asked: a file that changes meanwhile makes another refresh.
        let fingerprint = ConsoleFingerprint(console).text
        var entry =
            known
            ?? CatalogueCache.Entry(console: console, commands: [], roles: [:], fingerprint: "", listedAt: nil)
        entry.fingerprint = fingerprint
        do {
            let printed = try run(console, console.run + ["list", "--format=json"])
            entry.commands = try ConsoleListing.read(printed)
            entry.listedAt = Clock.seconds()
            entry.problem = nil
        } catch let error as SystemError where [ENOSPC, EDQUOT, EIO, EROFS].contains(error.code) {
            throw error
        } catch {
            log.error(
                "a console could not be asked", metadata: ["console": "\(console.description)", "why": "\(error)"])
            entry.problem = "\(error)"
            return entry
        }
        guard ConsoleRoles.areReadable(of: console) else { return entry }
        do {
            entry.roles = try askRoles(of: console)
        } catch {
            // Fewer roles are fewer rights: without the application's word only the configuration's counts.
            entry.roles = [:]
            log.warning(
                "the roles in an application could not be read",
                metadata: ["console": "\(console.description)", "why": "\(error)"])
        }
        return entry
    }

    private func askRoles(of console: Console) throws -> [String: [String]] {
        let script = storage.directory + "/console-roles.php"
        let answer = storage.directory + "/console-roles.json"
        try DurableFile.write(ConsoleRoles.script, to: script)
        defer { for file in [script, answer] { unlink(file) } }
        _ = try run(console, ConsoleRoles.argv(console, script: script), extra: answer)
        return ConsoleRoles.read(try DurableFile.read(answer) ?? "") ?? [:]
    }

    private func run(_ console: Console, _ argv: [String], extra: String? = nil) throws -> String {
        let errors = storage.directory + "/console-errors.log"
        defer { unlink(errors) }
        return try ProgramOutput.run(
            argv, in: console.directory, environment: JobEnvironment.make(configured: console.environment),
            errors: errors, extra: extra, seconds: Self.patience, limit: Self.limit)
    }
}
