import ArgumentParser
import Core

/// `refresh`: asks consoles for their commands, and programs for their choices.
struct Refresh: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Asks consoles for their commands and programs for their choices, and stores the answers.",
        discussion: """
            A running responder uses the answers within a second. For a console, the roles in its commands' \
            #[RemotisanRoles([…])] are read, too. The exit code is 1 if a console or program fails.
            """,
        aliases: ["cache"])

    @OptionGroup var options: Options

    @Flag(help: "Ask only consoles whose files have changed, and programs whose answers are too old.")
    var ifNeeded = false

    @OptionGroup var json: JSONOption

    func run() throws {
        let instance = try options.instance(mustExist: true)
        try reportingErrors {
            let refresh = RefreshCatalogue(
                configuration: instance.configuration, storage: instance.storage, log: instance.log)
            guard let outcomes = try refresh.refresh(onlyIfNeeded: ifNeeded) else {
                if json.isJSON { print("[]") } else { print("Another process is refreshing at the moment.") }
                return
            }
            if json.isJSON {
                let records = outcomes.map { outcome -> JSONRecord in
                    ["subject": outcome.subject, "known": outcome.known, "problem": outcome.problem]
                }
                try StandardOutput.write(ASCIIJSON.text(of: records) + "\n")
            } else {
                report(outcomes)
            }
            if outcomes.contains(where: { $0.problem != nil }) { throw ExitStatus.failed.code }
        }
    }

    private func report(_ outcomes: [RefreshCatalogue.Outcome]) {
        if outcomes.isEmpty, !ifNeeded {
            print("The configuration has neither consoles nor programs of choices.")
        }
        for outcome in outcomes {
            print("\(outcome.subject): \(outcome.problem ?? outcome.known + ".")")
        }
    }
}
