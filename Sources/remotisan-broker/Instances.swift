import ArgumentParser
import Assembly
import Core

/// `instances`: lists the instances that share the store, closes dead ones, and renews copies.
struct Instances: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instances",
        abstract: "Lists the instances that share the store, closes a dead one, or renews a copy.",
        subcommands: [List.self, Close.self, Renew.self], defaultSubcommand: List.self)

    /// `instances list`. `instances` alone means the same.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the instances.")

        @OptionGroup var options: Options
        @OptionGroup var table: TableOptions

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                let now = Clock.seconds()
                let open = try instance.registry.openExecutions()
                let own = instance.storage.serverUUID
                try table.print { printer in
                    let headings = ["UUID", "NAME", "ADDRESS", "VERSION", "STATE", "SEEN", "RUNNING", "WAITING"]
                    try printer.rows(headings) { add in
                        for other in try instance.registry.instances() {
                            let count = open[other.serverUUID] ?? OpenExecutions()
                            let isOwn = other.serverUUID == own
                            try add(
                                { Self.cells(other, count, isOwn: isOwn, now: now, printer) },
                                { Self.record(other, count, isOwn: isOwn, now: now) })
                        }
                    }
                }
            }
        }

        private static func cells(
            _ instance: RegisteredInstance, _ open: OpenExecutions, isOwn: Bool, now: Int64, _ printer: TablePrinter
        ) -> [TableWriter.Cell] {
            let seen = printer.time(instance.lastSeen)
            let isGone = instance.isGone(at: now)
            return [
                .init(instance.serverUUID), .init(instance.name), .init(instance.address?.description ?? "-"),
                .init(instance.version),
                .init((isGone ? "gone" : "alive") + (isOwn ? ", this one" : ""), colour: isGone ? .red : .green),
                .init(seen, piped: "seen \(seen)"), .init("\(open.running)", piped: "\(open.running) running"),
                .init("\(open.waiting)", piped: "\(open.waiting) waiting"),
            ]
        }

        private static func record(
            _ instance: RegisteredInstance, _ open: OpenExecutions, isOwn: Bool, now: Int64
        ) -> JSONRecord {
            [
                "uuid": instance.serverUUID, "name": instance.name, "address": instance.address?.description,
                "version": instance.version, "gone": instance.isGone(at: now), "this_one": isOwn,
                "first_seen": instance.firstSeen, "last_seen": instance.lastSeen, "running": open.running,
                "waiting": open.waiting,
            ]
        }
    }

    /// `instances close`.
    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Closes the executions of a dead instance as lost.",
            discussion: """
                If the instance returns, its broker settles the executions that were running by their files. Queued \
                executions stay cancelled.
                """
        )

        @OptionGroup var options: Options

        @Argument(
            help: "The UUID of the instance, as `instances list` shows it, or its first digits, at least 4.",
            completion: Completions.instances)
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
                let known = try instance.registry.instances().map(\.serverUUID)
                let uuid = try BrokerProgram.instance(beginningWith: uuid, among: known)
                let closed = try CloseInstance(registry: instance.registry, log: instance.log)
                    .close(uuid, by: closing, now: Clock.seconds())
                print("\(counted(closed, "execution")) closed.")
            }
        }
    }
}
