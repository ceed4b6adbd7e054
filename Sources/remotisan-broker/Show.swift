import ArgumentParser
import Assembly
import Core
import Foundation

/// `show`: prints everything about one execution.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints everything that is known of one execution.",
        discussion: """
            Secret values are masked in the parameters, as in the store. The log is not read. --json prints one object \
            with the keys of `history --json`, and `duration`, `ahead`, `instance`, `kill` and `files`.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job, or its first digits, at least 4.", completion: Completions.executions)
    var job: JobReference

    @OptionGroup var json: JSONOption
    @OptionGroup var times: TimeOptions

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            let uuid = try job.uuid(in: instance)
            guard let person = instance.administratorAsPerson, let view = try instance.watching.view(uuid, for: person)
            else { throw JobReference.missing(uuid) }
            let other = try instance.registry.instances().first { $0.serverUUID == view.execution.serverUUID }
            let description = ExecutionDescription(
                view: view, instance: other, files: view.isHere ? view.files.entries() : [], now: Clock.seconds())
            if json.isJSON {
                try StandardOutput.write(try ASCIIJSON.text(of: description.record) + "\n")
            } else {
                let terminal = Terminal.output(ProcessInfo.processInfo.environment)
                let lines = description.lines(times.text(on: terminal))
                let width = lines.map(\.label.count).max() ?? 0
                for (label, text) in lines {
                    let isStatus = terminal.hasColour && label == "status"
                    let text = isStatus ? view.execution.status.colour.applied(to: text) : text.sanitized
                    try StandardOutput.write(
                        "\(label):" + String(repeating: " ", count: width - label.count + 1) + "\(text)\n")
                }
            }
            try StandardOutput.flush()
        }
    }
}
