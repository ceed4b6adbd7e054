import ArgumentParser
import Core

/// `purge`: removes what is old.
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Removes executions that ended long ago, with their logs.")

    @OptionGroup var options: Options

    @Option(help: "Age, such as 90d; by default history.keep of the configuration.")
    var olderThan: String?

    func validate() throws {
        _ = try olderThan.map { try age($0, for: "--older-than") }
    }

    func run() throws {
        let given = try olderThan.map { try age($0, for: "--older-than") }
        let instance = try options.instance()
        try explained {
            guard let keep = given ?? instance.configuration.history.keep else {
                throw CommandError("Give --older-than, or set history.keep in the configuration.")
            }
            let removed = try PurgeHistory(store: instance.store, storage: instance.storage, log: instance.log)
                .purge(endedBefore: Clock.seconds() - keep)
            try RemoveOrphanedFiles(store: instance.store, storage: instance.storage, log: instance.log).remove()
            print("\(removed) executions removed.")
        }
    }
}
