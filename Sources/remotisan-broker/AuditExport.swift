import ArgumentParser
import Assembly
import Core
import Foundation

/// Which entries of the audit are shown.
struct AuditSelection: ParsableArguments {
    @Option(
        help: "Only entries from then on: \(TimeArgument.forms). Without a zone it is local time, or UTC with --utc.")
    var from: TimeArgument?

    @Option(help: "Only entries before then. A day is included.")
    var to: TimeArgument?

    @Option(
        help: "Only the chain of this instance: its UUID, or the first 4 digits or more. Default: all chains.",
        completion: Completions.instances)
    var instance: String?

    /// Calls a function for each entry, chain by chain, oldest first.
    ///
    /// - Parameter isUTC: Whether times without a zone are in UTC.
    func forEach(in opened: Instance, isUTC: Bool, _ body: (AuditEntry) throws -> Void) throws {
        let now = Clock.seconds()
        let from = from?.start(isUTC: isUTC, now: now) ?? .min
        let to = to?.end(isUTC: isUTC, now: now) ?? .max
        let audited = try opened.store.auditedInstances()
        for name in try instance.map({ [try BrokerProgram.instance(beginningWith: $0, among: audited)] }) ?? audited {
            try opened.store.forEachAuditEntry(of: name) { entry in
                if entry.at >= from, entry.at < to { try body(entry) }
            }
        }
    }

    /// Prints the entries as JSON Lines.
    func printJSON(of opened: Instance, isUTC: Bool) throws {
        try forEach(in: opened, isUTC: isUTC) { try StandardOutput.write($0.jsonLine()) }
        try StandardOutput.flush()
    }
}

extension Audit {
    /// `audit export`.
    struct ExportEntries: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Prints entries as JSON Lines.",
            discussion: """
                Each line has all values of an entry, so `audit verify --file` can check it on another machine. All \
                characters but those of ASCII are escaped. `details` is a text with a JSON object, because its bytes \
                count for the hash.
                """)

        @OptionGroup var options: Options
        @OptionGroup var selection: AuditSelection

        @Flag(help: "Read times without a zone in UTC.")
        var utc = false

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                try selection.printJSON(of: instance, isUTC: utc)
            }
        }
    }

    /// `audit list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists entries, one a line, oldest first.",
            discussion: "--json prints the lines of `audit export`.")

        @OptionGroup var options: Options
        @OptionGroup var selection: AuditSelection
        @OptionGroup var table: TableOptions

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                try table.print { printer in
                    let isUTC = table.times.utc
                    guard !printer.isJSON else { return try selection.printJSON(of: instance, isUTC: isUTC) }
                    let headings = ["NUMBER", "TIME", "EVENT", "SUBJECT", "WHO", "MEANS", "DETAILS"]
                    try printer.rows(headings) { add in
                        try selection.forEach(in: instance, isUTC: isUTC) { entry in
                            try add({ Self.cells(entry, printer) }, { [:] })
                        }
                    }
                }
            }
        }

        private static func cells(_ entry: AuditEntry, _ printer: TablePrinter) -> [TableWriter.Cell] {
            let who = [entry.user, entry.tokenID.map { "token \($0)" }, entry.address.map { "from \($0)" }]
            return [
                .init("\(entry.number)"), .init(printer.time(entry.at)), .init(entry.event),
                .init(entry.subject ?? "-"), .init(who.compactMap(\.self).joined(separator: " ")), .init(entry.means),
                .init(entry.details),
            ]
        }
    }
}

extension Instance {
    /// The account that runs this program, for the audit.
    var administrator: AuditActor {
        AuditActor(
            instance: storage.serverUUID, user: UserName.caller?.identifier(configuration), means: .commandLine)
    }
}
