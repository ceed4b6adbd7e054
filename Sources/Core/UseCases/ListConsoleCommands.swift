import Glibc
import Logging

/// Runs a console to list its commands, and reads the roles that the application gives them.
struct ListConsoleCommands {
    /// Maximum run time in seconds.
    private static let timeout = 60
    /// Maximum time in seconds to list the commands one by one. A large application starts in half a second.
    private static let timeoutOneByOne = 300
    /// Maximum number of commands that are listed one by one.
    private static let limitOneByOne = 1000
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
            (entry.commands, entry.unreadable) = try commands(of: console)
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
        guard console.isRunByPHP else { return entry }
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

    /// The commands, and the names of those that the console does not describe in a readable way.
    private func commands(of console: Console) throws -> ([ConsoleCommand], unreadable: [String]) {
        let printed = try run(console, console.argv(["list", "--format=json"]))
        do { return (try ConsoleListing.read(printed), []) } catch {
            guard let found = try commandsOneByOne(of: console) else { throw error }
            return found
        }
    }

    /// Asks the console about each command. One description that is not valid UTF-8 makes PHP's json_encode print
    /// nothing for the whole list, but only its own command fails here.
    ///
    /// - Returns: Nil if no command can be read this way either.
    private func commandsOneByOne(of console: Console) throws -> ([ConsoleCommand], unreadable: [String])? {
        let deadline = Clock.boottimeMilliseconds() + Int64(Self.timeoutOneByOne) * 1000
        func remaining() throws -> Int {
            let left = Int((deadline - Clock.boottimeMilliseconds()) / 1000)
            guard left > 0 else { throw ProgramError.tooSlow(seconds: Self.timeoutOneByOne) }
            return min(left, Self.timeout)
        }
        let names = ConsoleListing.readNames(
            try run(console, console.argv(["list", "--raw"]), seconds: remaining()))
        var listed: [ListedCommand] = []
        var unreadable: [String] = []
        for name in names.prefix(Self.limitOneByOne) where !listed.contains(where: { $0.name == name }) {
            // Another program than a console prints words that are no commands.
            guard !listed.isEmpty || unreadable.count < 5 else { return nil }
            let argv = console.argv(["help", "--format=json", name])
            do {
                if let command = ConsoleListing.readHelp(try run(console, argv, seconds: remaining())) {
                    listed.append(command)
                } else {
                    unreadable.append(name)
                }
            } catch ProgramError.failed {
                unreadable.append(name)
            }
        }
        return listed.isEmpty ? nil : (ConsoleListing.commands(listed), unreadable)
    }

    private func readRoles(of console: Console) throws -> [String: [String]] {
        let script = storage.directory + "/console-roles.php"
        let answer = storage.directory + "/console-roles.json"
        try DurableFile.write(ConsoleRoles.script, to: script)
        defer { for file in [script, answer] { unlink(file) } }
        _ = try run(console, ConsoleRoles.argv(console, script: script), extra: answer)
        return ConsoleRoles.read(try DurableFile.read(answer) ?? "") ?? [:]
    }

    private func run(
        _ console: Console, _ argv: [String], extra: String? = nil, seconds: Int = timeout
    ) throws -> String {
        let errors = storage.directory + "/console-errors.log"
        defer { unlink(errors) }
        return try ProgramOutput.run(
            argv, in: console.directory, environment: JobEnvironment.make(configured: console.environment),
            errors: errors, extra: extra, seconds: seconds, limit: Self.limit)
    }
}
