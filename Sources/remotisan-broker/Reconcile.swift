import ArgumentParser
import Assembly
import Core

/// `reconcile`: brings a store that another tool has restored into line with the files of the jobs.
struct Reconcile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Brings a store that another tool has restored into line with the files of the jobs.",
        discussion: """
            Run it after pg_restore, on each instance, before the responder and the broker start. Queued executions \
            that have run since are settled by the files of their jobs. The others are ended, because they may have \
            been cancelled since. Executions that are newer than the dump are made anew.
            """)

    @OptionGroup var options: Options

    @Flag(help: "Keep executions queued whose jobs have not run, so that they start.")
    var keepQueued = false

    func run() throws {
        try reportingErrors {
            let instance = try options.open().instance
            try instance.requireOwnPlace()
            let outcome = try ReconcileStore(
                store: instance.store, storage: instance.storage, keepsQueued: keepQueued, by: instance.administrator,
                log: instance.log
            ).reconcile()
            print("\(counted(outcome.adopted, "execution")) made anew from the files of jobs.")
            if outcome.ran > 0 {
                print(
                    "\(counted(outcome.ran, "queued execution")) had run since. The broker settles them by their files."
                )
            }
            if outcome.cancelled > 0 {
                print("\(counted(outcome.cancelled, "queued execution")) ended without a start.")
            }
            if outcome.foreign > 0 {
                print(
                    "\(counted(outcome.foreign, "queued execution")) of other instances. Run this command there, too.")
            }
        }
    }
}
