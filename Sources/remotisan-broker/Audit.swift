import ArgumentParser
import Assembly
import Core
import Foundation

/// `audit`: checks and exports the record of events.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Checks, lists and exports the audit.",
        discussion: """
            The audit records each event in a chain: every entry has the hash of the one before. Each instance has a \
            chain of its own.
            """,
        subcommands: [Verify.self, List.self, ExportEntries.self, Anchor.self, PurgeEntries.self])

    /// `audit verify`.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Checks the chains, and names the first entry that does not fit.",
            discussion: """
                Entries that were removed at the end are noticed by an anchor only. The last anchor that this instance \
                has sent is always checked. Give the ones that were kept elsewhere with --anchor or --anchors.

                Exit codes: 0 everything fits, 1 the audit could not be read, 2 an entry does not fit.
                """)

        @OptionGroup var options: Options

        @Option(help: "An anchor, UUID:NUMBER:HASH. Repeat the option for several anchors.")
        var anchor: [String] = []

        @Option(help: "A file with anchors among other words, such as one of syslog; - for standard input.")
        var anchors: String?

        @Option(
            help: "Check a file that `audit export` has written, instead of the store.", completion: .file())
        var file: String?

        @Option(
            help:
                "Check only the chain of this instance: its UUID, or the first 4 digits or more. Default: all chains.",
            completion: Completions.instances)
        var instance: String?

        @OptionGroup var json: JSONOption

        func validate() throws {
            for text in anchor where AuditAnchor(text) == nil {
                throw ValidationError("--anchor takes UUID:NUMBER:HASH, as `audit anchor` prints it.")
            }
        }

        func run() throws {
            let misfits = try reportingErrors { () -> Int in
                var known = anchor.compactMap { AuditAnchor($0) }
                if let anchors {
                    let found = AuditAnchor.all(in: try Self.text(of: anchors))
                    guard !found.isEmpty else { throw CommandError("\(anchors) has no anchor.") }
                    known += found
                }
                let chains = try file.map { try check(exported: $0, known) } ?? checkStore(known)
                if json.isJSON {
                    try StandardOutput.write(ASCIIJSON.text(of: chains.map(\.record)) + "\n")
                } else {
                    for line in chains.flatMap(\.lines) { print(line) }
                    if chains.isEmpty, file == nil { print("There is no entry.") }
                }
                return chains.filter { $0.misfit != nil }.count
            }
            if misfits > 0 { throw ExitStatus.misfit.code }
        }

        private func checkStore(_ known: [AuditAnchor]) throws -> [CheckedChain] {
            let opened = try options.open().instance
            let own = AuditAnchor.kept(in: opened.storage)?.anchor
            let anchors = known + [own].compactMap(\.self)
            var names = Set(try opened.store.auditedInstances()).union(anchors.map(\.instance))
            if let instance { names = [try BrokerProgram.instance(beginningWith: instance, among: Array(names))] }
            return try names.sorted().map { name in
                var verification = AuditVerification(of: name, anchors: anchors)
                var misfit: AuditMisfit?
                try opened.store.forEachAuditEntry(of: name) { entry in
                    if misfit == nil { misfit = verification.check(entry) }
                }
                return CheckedChain(name: name, verification: verification, misfit: misfit ?? verification.finish())
            }
        }

        private func check(exported path: String, _ anchors: [AuditAnchor]) throws -> [CheckedChain] {
            var chains: [String: (verification: AuditVerification, misfit: AuditMisfit?)] = [:]
            for (index, line) in try Self.text(of: path).split(separator: "\n").enumerated() {
                guard let entry = try? JSONDecoder().decode(AuditEntry.self, from: Data(line.utf8)) else {
                    throw CommandError("Line \(index + 1) of \(path) is not an entry of the audit.")
                }
                guard instance.map({ entry.instance.hasPrefix($0) }) ?? true else { continue }
                var chain =
                    chains[entry.instance]
                    ?? (AuditVerification(of: entry.instance, anchors: anchors, isPart: true), nil)
                if chain.misfit == nil { chain.misfit = chain.verification.check(entry) }
                chains[entry.instance] = chain
            }
            return chains.sorted { $0.key < $1.key }.map { name, chain in
                CheckedChain(
                    name: name, verification: chain.verification, misfit: chain.misfit ?? chain.verification.finish())
            }
        }

        private static func text(of path: String) throws -> String {
            let data =
                path == "-"
                ? FileHandle.standardInput.readDataToEndOfFile()
                : try Data(contentsOf: URL(fileURLWithPath: path))
            return String(decoding: data, as: UTF8.self)
        }
    }

    /// `audit anchor`.
    struct Anchor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "anchor",
            abstract: "Prints the anchor of this instance: the number and the hash of its last entry.",
            discussion: "Keep it on another machine. `audit verify --anchor` checks it later.")

        @OptionGroup var options: Options

        @Flag(help: "Also send it to syslog and the program of audit.anchor.run, as a broker does periodically.")
        var send = false

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                let anchoring = AuditAnchoring(store: instance.store, storage: instance.storage, log: instance.log)
                let anchor =
                    send ? try anchoring.send(instance.configuration.audit) : try anchoring.current()
                guard let anchor else { throw CommandError("There is no entry.") }
                print(anchor)
            }
        }
    }

    /// `audit purge`.
    struct PurgeEntries: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "purge",
            abstract: "Removes the oldest entries of this instance.",
            discussion: """
                An entry records it, so the chain still fits. With grants that only allow to append, a broker cannot \
                remove entries. Run this with a configuration that names the owner of the tables then.
                """)

        @OptionGroup var options: Options

        @Option(help: "Remove entries that are older, such as 400d. Default: audit.keep.")
        var olderThan: String?

        func validate() throws {
            _ = try olderThan.map { try age($0, for: "--older-than") }
        }

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                guard
                    let keep = try olderThan.map({ try age($0, for: "--older-than") })
                        ?? instance.configuration.audit.keep
                else { throw CommandError("Give --older-than, or set audit.keep in the configuration.") }
                let now = try RetentionTime(instance.storage, log: instance.log).advance(marking: instance.store)
                var removed = 0
                while true {
                    let count = try instance.store.removeAuditEntries(
                        before: now.seconds - keep, limit: 1000, by: instance.administrator)
                    removed += count
                    if count < 1000 { break }
                }
                print("\(removed) \(removed == 1 ? "entry" : "entries") removed.")
            }
        }
    }
}
