import ArgumentParser
import Core

/// `migrate`: brings the audit's tables up to date.
struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the tables of the audit up to date.",
        discussion: """
            A database server's are brought up to date by this alone, once for all instances that share it. An embedded \
            store is brought up to date by whichever program opens it first.
            """)

    @OptionGroup var options: Options

    func run() throws {
        let instance = try options.instance(isMigrating: true)
        for name in instance.migrated { print("applied: \(name)") }
        print("The tables are up to date.")
    }
}
