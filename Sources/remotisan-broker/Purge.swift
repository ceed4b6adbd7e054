import ArgumentParser
import Core

/// `purge`: removes what is old.
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Removes executions that ended long ago, with their logs.")

    @OptionGroup var options: Options

    @Option(help: "Age, such as 90d; by default history.keep of the configuration.")
    var olderThan: String?

    func run() throws {
        let instance = try options.instance()
        let keep: Int64
        if let olderThan {
            guard let age = Quantity.milliseconds(olderThan) else {
                throw ValidationError("--older-than takes an age such as 90d, 12h or 30m.")
            }
            keep = age / 1000
        } else if let configured = instance.configuration.history.keep {
            keep = configured
        } else {
            throw ValidationError("Give --older-than, or set history.keep in the configuration.")
        }
        try explained {
            let removed = try PurgeHistory(store: instance.store, storage: instance.storage, log: instance.log)
                .purge(endedBefore: Clock.seconds() - keep)
            try SweepStrays(store: instance.store, storage: instance.storage, log: instance.log).sweep()
            print("\(removed) executions removed.")
        }
    }
}
