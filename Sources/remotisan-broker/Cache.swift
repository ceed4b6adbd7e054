import ArgumentParser
import Core

/// `cache`: asks the consoles for their commands.
struct Cache: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks the consoles for their commands and keeps the list in the storage.",
        discussion: "A responder that runs takes the new list within a second. The roles that the application itself "
            + "names in #[RemotisanRoles([…])] are read along.")

    @OptionGroup var options: Options

    @Flag(help: "Only if a console's files have changed since it was asked.")
    var ifNeeded = false

    func run() throws {
        let instance = try options.instance()
        try explained {
            let refresh = RefreshCatalogue(
                configuration: instance.configuration, storage: instance.storage, log: instance.log)
            if ifNeeded { if try !refresh.isNeeded() { return } }
            guard let outcomes = try refresh.refresh() else {
                print("Another process is asking the consoles just now.")
                return
            }
            if outcomes.isEmpty { print("There are no consoles in the configuration.") }
            for outcome in outcomes {
                print("\(outcome.console.description): \(outcome.problem ?? "\(outcome.commands) commands.")")
            }
            if outcomes.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
        }
    }
}
