import ArgumentParser
import Core
import Foundation
import Glibc

/// The broker: the command-line tool that kills, settles, starts queued executions and administers.
@main
struct RemotisanBroker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remotisan-broker",
        abstract: "Kills and settles jobs, starts queued executions, and administers an instance.",
        version: "remotisan-broker \(ProgramVersion.current)",
        subcommands: [
            Watch.self, Settle.self, Kill.self, HistoryCommand.self, LogCommand.self, Commands.self, Check.self,
            Refresh.self, Migrate.self, Purge.self, Token.self, Export.self, Instances.self, Doctor.self,
            BackupCommand.self, RestoreCommand.self,
        ])

    static func main() {
        umask(0o027)
        main(nil)
    }
}
