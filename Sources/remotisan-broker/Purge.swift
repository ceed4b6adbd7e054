import ArgumentParser
import Core

/// `purge`: removes old executions.
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Removes old executions with their logs.")

    @OptionGroup var options: Options

    @Option(help: "Remove executions that ended longer ago, such as 90d. Default: history.keep.")
    var olderThan: String?

    func validate() throws {
        _ = try olderThan.map { try age($0, for: "--older-than") }
    }

    func run() throws {
        let olderThan = try olderThan.map { try age($0, for: "--older-than") }
        let instance = try options.instance()
        try reportingErrors {
            try instance.requireOwnPlace()
            guard let keep = olderThan ?? instance.configuration.history.keep else {
                throw CommandError("Give --older-than, or set history.keep in the configuration.")
            }
            let retention = try RetentionTime(instance.storage, log: instance.log)
                .advance(marking: instance.store)
            if retention.lag >= RetentionClock.jumpThreshold {
                print(
                    "The clock is \(RetentionTime.describe(retention.lag)) of the running time. Only executions that "
                        + "are old by running time are removed.")
            }
            let cutoff = retention.seconds - keep
            let removed = try PurgeHistory(
                store: instance.store, storage: instance.storage, by: instance.administrator, log: instance.log
            )
            .purge(endedBefore: cutoff, upTo: retention.newestRows(at: cutoff))
            try RemoveOrphanedFiles(store: instance.store, storage: instance.storage, log: instance.log).remove(
                endedBefore: cutoff)
            print("\(counted(removed, "execution")) removed.")
        }
    }
}
