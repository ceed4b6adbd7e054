import ArgumentParser
import Core
import Foundation
import Glibc

/// The broker as a program.
package enum BrokerMain {
    /// Runs this process as the broker.
    package static func main() { RemotisanBroker.main() }
}

/// The broker: the command-line tool that kills, settles, starts queued executions and administers.
struct RemotisanBroker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remotisan-broker",
        abstract: "Kills and settles jobs, starts queued executions, and administers an instance.",
        discussion: """
            Exit codes: 0 done; 1 failed, or a check found a problem; 2 an entry of the audit does not fit; 3 the job \
            is not settled; 4 refused, because the state forbids it; 5 and 6 the job of `log --follow` failed or was \
            killed; 64 wrong arguments; 66 no such job, token or instance; 69 the store cannot be used; 74 standard \
            output takes no more.
            """,
        version: "remotisan-broker \(ProgramVersion.current)",
        // Each has a `commandName`. Swift would search the conformances of all types for each name that it has to make,
        // which was a fifth of the time that a broker takes to start.
        subcommands: [
            Watch.self, Settle.self, Kill.self, HistoryCommand.self, Show.self, LogCommand.self, Commands.self,
            Check.self,
            Refresh.self, Migrate.self, Purge.self, Token.self, Audit.self, Export.self, Instances.self, Doctor.self,
            BackupCommand.self, RestoreCommand.self, Reconcile.self, MoveStoreCommand.self, Import.self,
        ])

    static func main() {
        StandardOutput.occupyClosed()
        ChildProcess.closeMemory()
        umask(0o027)
        StandardOutput.checkAtExit()
        refuseUnreadableArguments()
        do {
            if var command = ownCommand(Array(CommandLine.arguments.dropFirst())) { return try command.run() }
            var command = try parseAsRoot()
            try command.run()
        } catch {
            end(with: error)
        }
    }

    /// The command of arguments as the launcher and the supervisor write them; nil for any others.
    ///
    /// ArgumentParser takes 10 ms for them, because it reflects on the types of all options. A kill and the end of each
    /// job would wait for it.
    static func ownCommand(_ words: [String]) -> (any ParsableCommand)? {
        switch words.first {
        case "watch" where words.count == 5 && words[1...3] == ["--for", "0", "--config"]:
            return Watch.once(config: words[4])
        case "settle" where words.count == 6 && words[2] == "--config" && words[4] == "--settle-lock":
            guard let job = JobReference(argument: words[1]), let lock = Int32(words[5]) else { return nil }
            return Settle.ended(job, config: words[3], settleLock: lock)
        default: return nil
        }
    }

    /// Ends the program as ArgumentParser does. In the journal, its messages have the level of an error, too.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        guard !code.isSuccess, !message.isEmpty, StandardError.isJournal else { exit(withError: error) }
        StandardError.report(message, of: "remotisan-broker")
        Foundation.exit(code.rawValue)
    }

    /// Ends the program if an argument is not UTF-8. Swift would replace its unreadable bytes, and two different names
    /// of users would become one.
    private static func refuseUnreadableArguments() {
        for number in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[number], String(validatingCString: argument) == nil else {
                continue
            }
            StandardError.report("Argument \(number) is not UTF-8.", of: "remotisan-broker")
            Foundation.exit(EX_USAGE)
        }
    }
}
