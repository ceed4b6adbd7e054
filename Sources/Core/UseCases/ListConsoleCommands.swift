import Glibc
import Logging

/// Asks one console for its commands, and the application for the roles it gives them.
struct ListConsoleCommands {
    /// Seconds that a console may take.
    private static let timeout = 60
    /// Bytes that it may print.
    private static let limit = 32 << 20

    let storage: Storage
    let log: Logger

    /// What the console says; where it says nothing of use, what is known of it, and the problem.
    ///
    /// - Throws: ``SystemError`` where the storage itself cannot be written.
    func ask(_ console: Console, known: CatalogueCache.Entry?) throws -> CatalogueCache.Entry {
        // Looked at before it is asked: a file that changes meanwhile makes another refresh.
        let fingerprint = ConsoleFingerprint(console).text
        var entry =
            known
            ?? CatalogueCache.Entry(console: console, commands: [], roles: [:], fingerprint: "", listedAt: nil)
        entry.fingerprint = fingerprint
        entry.askedAt = Clock.seconds()
        do {
            let printed = try run(console, console.run + ["list", "--format=json"])
            entry.commands = try ConsoleListing.read(printed)
            entry.listedAt = Clock.seconds()
            entry.problem = nil
        } catch let error as SystemError where error.isOfStorage {
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
            entry.problem = "the roles in its commands could not be read: \(error)"
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
            errors: errors, extra: extra, seconds: Self.timeout, limit: Self.limit)
    }
}
