import ArgumentParser
import Core
import Foundation

/// `instances`: lists the instances that share the store, closes dead ones, and renews copies.
struct Instances: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the instances that share the store, closes a dead one, or renews a copy.",
        subcommands: [List.self, Close.self, Renew.self], defaultSubcommand: List.self)

    /// `instances list`. `instances` alone means the same.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the instances.")

        @OptionGroup var options: Options

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
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
            abstract: "Closes the executions of a dead instance as lost.",
            discussion: """
                If the instance returns, its broker settles the executions that were running by their files. Queued \
                executions stay cancelled.
                """
        )

        @OptionGroup var options: Options

        @Argument(help: "The UUID of the instance, as `instances list` shows it.")
        var uuid: String

        @Option(help: "The user that the history shows. Default: the account that runs this program.")
        var by: UserName?

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                try instance.requireOwnPlace()
                let closer = (by ?? .current)?.identifier(instance.configuration) ?? "administrator"
                var closing = instance.administrator
                closing.user = closer
                let closed = try CloseInstance(registry: instance.registry, log: instance.log)
                    .close(uuid, by: closing, now: Clock.seconds())
                print("\(counted(closed, "execution")) closed.")
            }
        }
    }
}
