import ArgumentParser
import Core
import Foundation
import Glibc

/// The broker: kill signals, settling, administration.
@main
struct RemotisanBroker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remotisan-broker",
        abstract: "Kills and settles the jobs of an instance, and administers it.",
        version: "remotisan-broker \(ProgramVersion.current)",
        subcommands: [
            Watch.self, Settle.self, Kill.self, HistoryCommand.self, LogCommand.self, Commands.self, Check.self,
            Refresh.self, Migrate.self, Purge.self, Token.self, Export.self, Instances.self, Doctor.self,
        ])

    static func main() {
        umask(0o027)
        main(nil)
    }
}
