import ArgumentParser
import Assembly
import Core
import Foundation

/// Which entries of the audit are shown.
struct AuditSelection: ParsableArguments {
    @Option(help: "Only entries from this time on: 2026-01-31, 2026-01-31T12:00:00Z, or an age such as 7d.")
    var from: String?

    @Option(help: "Only entries before this time.")
    var to: String?

    @Option(
        help: "Only the chain of this instance: its UUID, or the first 4 digits or more. Default: all chains.",
        completion: Completions.instances)
    var instance: String?

    func validate() throws {
        for text in [from, to].compactMap(\.self) where Self.seconds(text) == nil {
            throw ValidationError("\(text) is neither a time, such as 2026-01-31T12:00:00Z, nor an age, such as 7d.")
        }
    }

    /// Calls a function for each entry, chain by chain, oldest first.
    func forEach(in opened: Instance, _ body: (AuditEntry) throws -> Void) throws {
        let from = from.flatMap(Self.seconds) ?? .min
        let to = to.flatMap(Self.seconds) ?? .max
        let audited = try opened.store.auditedInstances()
        for name in try instance.map({ [try BrokerProgram.instance(beginningWith: $0, among: audited)] }) ?? audited {
            try opened.store.forEachAuditEntry(of: name) { entry in
                if entry.at >= from, entry.at < to { try body(entry) }
            }
        }
    }

    /// Prints the entries as JSON Lines.
    func printJSON(of opened: Instance) throws {
        try forEach(in: opened) { try StandardOutput.write($0.jsonLine()) }
        try StandardOutput.flush()
    }

    /// The Unix seconds of a time, or of an age before now.
    private static func seconds(_ text: String) -> Int64? {
        if text.last?.isLetter ?? false, !text.contains("-"), let milliseconds = Quantity.milliseconds(text) {
            return Clock.seconds() - milliseconds / 1000
        }
        let full = text.contains("T") ? text : text + "T00:00:00Z"
        return (try? Date(full, strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
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

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                try selection.printJSON(of: instance)
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
                    guard !printer.isJSON else { return try selection.printJSON(of: instance) }
                    let headings = ["NUMBER", "TIME", "EVENT", "SUBJECT", "WHO", "MEANS", "DETAILS"]
                    try printer.rows(headings) { add in
                        try selection.forEach(in: instance) { entry in
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
