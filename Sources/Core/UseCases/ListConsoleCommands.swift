import Glibc
import Logging

/// Runs a console to list its commands, and reads the roles that the application gives them.
struct ListConsoleCommands {
    /// Maximum run time in seconds.
    private static let timeout = 60
    /// Maximum length of its output in bytes.
    private static let limit = 32 << 20

    let storage: Storage
    let log: Logger

    /// Runs the console.
    ///
    /// - Parameter known: The earlier result; nil if there is none.
    /// - Returns: The new result, or the earlier one with the problem.
    /// - Throws: ``SystemError`` if the storage cannot be written.
    func list(_ console: Console, known: CatalogueFile.ConsoleResult?) throws -> CatalogueFile.ConsoleResult {
        // Taken before the run, so that a file that changes meanwhile causes another refresh.
        let fingerprint = SourceFingerprint(of: console).text
        var entry =
            known
            ?? CatalogueFile.ConsoleResult(console: console, commands: [], roles: [:], fingerprint: "", listedAt: nil)
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
                "console failed", metadata: ["console": "\(console.description)", "why": "\(error)"])
            entry.problem = "\(error)"
            return entry
        }
        guard ConsoleRoles.areReadable(of: console) else { return entry }
        do {
            entry.roles = try readRoles(of: console)
        } catch {
            // Fewer roles mean fewer rights. Only the roles of the configuration count now.
            entry.roles = [:]
            entry.problem = "the roles of its commands could not be read: \(error)"
            log.warning(
                "roles of an application could not be read",
                metadata: ["console": "\(console.description)", "why": "\(error)"])
        }
        return entry
    }

    private func readRoles(of console: Console) throws -> [String: [String]] {
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
