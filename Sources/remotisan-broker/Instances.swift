import ArgumentParser
import Core
import Foundation

/// `instances`: who shares the audit.
struct Instances: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the instances that share the audit, and closes what ran on one that is gone.",
        subcommands: [List.self, Close.self], defaultSubcommand: List.self)

    /// `instances list`, also without the word.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the instances.")

        @OptionGroup var options: Options

        func run() throws {
            let instance = try options.instance()
            try explained {
                let now = Clock.seconds()
                let open = try instance.registry.openExecutions()
                for other in try instance.registry.instances() {
                    let open = open[other.serverUUID] ?? OpenExecutions()
                    let seen = Date(timeIntervalSince1970: TimeInterval(other.lastSeen)).formatted(.iso8601)
                    let here = other.serverUUID == instance.storage.serverUUID ? ", this one" : ""
                    print(
                        [
                            other.serverUUID, other.name, other.address?.description ?? "-", other.version,
                            "\(other.isGone(at: now) ? "gone" : "alive")\(here)", "seen \(seen)",
                            "\(open.running) running", "\(open.waiting) waiting",
                        ].joined(separator: "  "))
                }
            }
        }
    }

    /// `instances close`.
    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes the executions of an instance that is gone, as lost.",
            discussion: "Should it come back, its own broker takes them back and settles them by its files.")

        @OptionGroup var options: Options

        @Argument(help: "The instance's UUID, as the list shows it.")
        var uuid: String

        @Option(help: "Who the audit says it was; by default the account this runs as.")
        var by: String?

        func run() throws {
            let instance = try options.instance()
            try explained {
                let closed = try CloseInstance(registry: instance.registry, log: instance.log)
                    .close(uuid, by: by ?? Account.current?.name ?? "administrator", now: Clock.seconds())
                print("\(closed) executions closed.")
            }
        }
    }
}
