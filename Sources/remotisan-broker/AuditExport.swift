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

    @Option(help: "Only the chain of this instance. Default: all chains in the store.")
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
        for name in try instance.map({ [$0] }) ?? opened.store.auditedInstances() {
            try opened.store.forEachAuditEntry(of: name) { entry in
                if entry.at >= from, entry.at < to { try body(entry) }
            }
        }
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
                try selection.forEach(in: instance) { entry in
                    let line = try entry.jsonLine()
                    try Descriptor.standardOutput { output throws(SystemError) in
                        try output.write(line, to: "standard output")
                    }
                }
            }
        }
    }

    /// `audit list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists entries, one a line, oldest first.")

        @OptionGroup var options: Options
        @OptionGroup var selection: AuditSelection

        func run() throws {
            let instance = try options.instance()
            try reportingErrors { try selection.forEach(in: instance) { print(Self.line($0)) } }
        }

        /// One line. Control characters are replaced, so that a terminal does not obey them.
        private static func line(_ entry: AuditEntry) -> String {
            let who = [entry.user, entry.tokenID.map { "token \($0)" }, entry.address.map { "from \($0)" }]
            return [
                "\(entry.number)", Date(timeIntervalSince1970: TimeInterval(entry.at)).formatted(.iso8601), entry.event,
                entry.subject ?? "-", who.compactMap(\.self).joined(separator: " "), entry.means, entry.details,
            ].joined(separator: "  ").sanitized
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
