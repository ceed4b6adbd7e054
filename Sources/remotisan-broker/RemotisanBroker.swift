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
        version: "remotisan-broker \(ProgramVersion.current)",
        subcommands: [
            Watch.self, Settle.self, Kill.self, HistoryCommand.self, LogCommand.self, Commands.self, Check.self,
            Refresh.self, Migrate.self, Purge.self, Token.self, Audit.self, Export.self, Instances.self, Doctor.self,
            BackupCommand.self, RestoreCommand.self, Reconcile.self, MoveStoreCommand.self, Import.self,
        ])

    static func main() {
        ChildProcess.closeMemory()
        umask(0o027)
        refuseUnreadableArguments()
        main(nil)
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
