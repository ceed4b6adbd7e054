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
            guard let keep = olderThan ?? instance.configuration.history.keep else {
                throw CommandError("Give --older-than, or set history.keep in the configuration.")
            }
            let removed = try PurgeHistory(store: instance.store, storage: instance.storage, log: instance.log)
                .purge(endedBefore: Clock.seconds() - keep)
            try RemoveOrphanedFiles(store: instance.store, storage: instance.storage, log: instance.log).remove()
            print("\(counted(removed, "execution")) removed.")
        }
    }
}
