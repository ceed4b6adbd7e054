import ArgumentParser
import Assembly
import Core
import Foundation

/// `move-store`: moves the store from SQLite to PostgreSQL, or back.
struct MoveStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move-store",
        abstract: "Moves the store from SQLite to PostgreSQL, or back.",
        discussion: """
            Stop the responder and the broker before; jobs go on. Every row keeps its number. The rows are read again \
            at the destination and compared before they take effect, so the destination is empty or complete. If the \
            move is interrupted, run it again. Afterwards no program uses the old store any more; change the \
            configuration as this command says. --undo lets programs use the old store again.
            """)

    @OptionGroup var options: Options

    @Option(
        help: "The new store, as the value of `database`: sqlite, or an address of PostgreSQL without a password.")
    var to: String?

    @Option(
        help: "The file with the password of the new store, as `database_password_file`.", completion: .file())
    var passwordFile: String?

    @Flag(help: "Check everything, and write nothing.")
    var dryRun = false

    @Flag(help: "Move the audit although it does not fit.")
    var acceptAudit = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Flag(help: "Let programs use a store again that was moved.")
    var undo = false

    func validate() throws {
        if undo, to != nil || passwordFile != nil || dryRun || acceptAudit {
            throw ValidationError("--undo takes no other option than --config and --json.")
        }
        if !undo, to == nil { throw ValidationError("Give --to sqlite, or --to postgresql://USER@HOST/DATABASE.") }
    }

    func run() throws {
        try reportingErrors {
            let configuration = try options.source.choose(decides: false).configuration
            guard try Storage.exists(at: configuration.storage) else {
                throw StorageError.missing(path: configuration.storage)
            }
            _ = UserName.caller
            try Account.becomeOwner(of: configuration.storage)
            let storage = try Storage(at: configuration.storage, logs: configuration.logger.path)
            guard let to else { return try undo(configuration, storage) }
            let destination = try destination(to, configuration)
            let relocation = RelocateStore(
                of: storage, from: configuration.database, to: destination, named: to,
                by: AuditActor(
                    instance: storage.serverUUID, user: UserName.caller?.identifier(configuration), means: .commandLine)
            )
            if dryRun { return report(try relocation.plan(), to) }
            let progress = MoveProgress()
            defer { progress.end() }
            let outcome = try relocation.move(acceptsAudit: acceptAudit) { progress.show($0) }
            progress.end()
            report(outcome, to, configuration)
        }
    }

    private func destination(_ address: String, _ configuration: Configuration) throws -> any StoreBackend {
        let password = passwordFile.map { $0.hasPrefix("/") ? $0 : FileManager.default.currentDirectoryPath + "/" + $0 }
        let destination: any StoreBackend
        do throws(AddressError) {
            destination = try Backends.all.store(address, passwordFile: password)
        } catch {
            throw CommandError("--to: \(error.message)")
        }
        // Every user of the machine can read the arguments of a program.
        guard !destination.containsPassword else {
            throw CommandError(
                "--to contains a password, which others can read while this runs. Use --password-file, and change the "
                    + "password.")
        }
        guard type(of: destination) != type(of: configuration.database) else {
            throw CommandError(
                "The store is of this kind already. Move between two PostgreSQL servers with pg_dump and pg_restore.")
        }
        return destination
    }

    private func undo(_ configuration: Configuration, _ storage: Storage) throws {
        let place = try RelocateStore.undo(of: storage, configuration.database)
        if json { return print(MoveReport(place).text) }
        guard let place else { return print("The store was not moved.") }
        print("Programs use this store again. What they recorded at \(place.sanitized) since the move is not here.")
    }

    private func report(_ plan: RelocateStore.Plan, _ to: String) {
        if json { return print(MoveReport(plan, to: to).text) }
        guard case .move(let counts) = plan else { return print("The store has been moved to \(to) already.") }
        for (table, rows) in counts.sorted(by: { $0.key < $1.key }) { print("\(table): \(counted(Int(rows), "row"))") }
        print("The store can be moved to \(to). Nothing was changed.")
    }

    private func report(_ outcome: MoveStore.Outcome?, _ to: String, _ configuration: Configuration) {
        if json { return print(MoveReport(outcome, to: to, passwordFile: passwordFile).text) }
        for table in outcome?.tables ?? [] {
            print("\(table.name): \(counted(Int(table.rows), "row")), SHA-256 \(table.sha256)")
            if !table.leftOut.isEmpty {
                print(
                    "\(table.name): not moved, because Remotisan has no such columns: "
                        + table.leftOut.map(\.sanitized).joined(separator: ", "))
            }
        }
        for chain in outcome?.chains ?? [] {
            let state = chain.misfit.map { "does not fit, as before the move: \($0)" } ?? "fits."
            print(
                "The audit of \(chain.instance.sanitized) has \(chain.entries) \(chain.entries == 1 ? "entry" : "entries") and "
                    + state)
        }
        if outcome == nil || outcome?.wasComplete == true { print("An earlier move had written everything.") }
        print("Moved. Now change \(configuration.path):")
        print("    database: \(MoveReport.scalar(to))")
        if let passwordFile { print("    database_password_file: \(MoveReport.scalar(passwordFile))") }
        if passwordFile == nil { print("    (no database_password_file)") }
        print("Then run remotisan-broker check, and start the responder and the broker.")
    }
}
