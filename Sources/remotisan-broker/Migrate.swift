import ArgumentParser
import Core

/// `migrate`: updates the tables of the store.
struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Updates the tables of the store.",
        discussion: """
            Needed for PostgreSQL only, once for all instances that share the database. SQLite is updated by the first \
            program that opens it. Its index of searches is completed here; otherwise a broker on watch does that \
            meanwhile.
            """)

    @OptionGroup var options: Options

    func run() throws {
        let instance = try options.instance(isMigrating: true)
        for name in instance.migrated { print("applied: \(name)") }
        try reportingErrors { while try instance.store.indexSearch(atLeast: 1) {} }
        print("The tables are up to date.")
    }
}
