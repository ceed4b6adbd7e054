import ArgumentParser
import Core

/// `refresh`: asks the consoles for their commands.
struct Refresh: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Asks the consoles for their commands and the programs for their choices, and keeps the answers.",
        discussion: "A responder that runs takes what is new within a second. The roles that the application itself "
            + "names in #[RemotisanRoles([…])] are read along.",
        aliases: ["cache"])

    @OptionGroup var options: Options

    @Flag(help: "Only consoles whose files have changed since they were asked, and programs whose answer is too old.")
    var ifNeeded = false

    func run() throws {
        let instance = try options.instance()
        try explained {
            let refresh = RefreshCatalogue(
                configuration: instance.configuration, storage: instance.storage, log: instance.log)
            guard let outcomes = try refresh.refresh(onlyIfNeeded: ifNeeded) else {
                print("Another process is asking just now.")
                return
            }
            if outcomes.isEmpty, !ifNeeded {
                print("There are neither consoles nor programs of choices in the configuration.")
            }
            for outcome in outcomes {
                print("\(outcome.subject): \(outcome.problem ?? outcome.known + ".")")
            }
            if outcomes.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
        }
    }
}
