import ArgumentParser
import Core

/// `purge`: removes old executions.
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Removes old executions with their logs.")

    @OptionGroup var options: Options

    @Option(help: "Remove executions that ended longer ago, such as 90d. Default: history.keep.")
    var olderThan: String?

    @Flag(help: "Remove nothing, and print what would be removed: executions, refused attempts and bytes of files.")
    var dryRun = false

    @OptionGroup var json: JSONOption

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
                StandardError.report(
                    "The clock is \(RetentionTime.describe(retention.lag)) of the running time. Only executions that "
                        + "are old by running time are removed.", of: "remotisan-broker", level: .warning)
            }
            let cutoff = retention.seconds - keep
            if dryRun {
                let found = try CountPurgeable(store: instance.store, storage: instance.storage).count(
                    endedBefore: cutoff, upTo: retention.newestRows(at: cutoff))
                return try report(found, wouldRemove: true)
            }
            let removed = try PurgeHistory(
                store: instance.store, storage: instance.storage, by: instance.administrator, log: instance.log
            )
            .purge(endedBefore: cutoff, upTo: retention.newestRows(at: cutoff))
            try RemoveOrphanedFiles(store: instance.store, storage: instance.storage, log: instance.log).remove(
                endedBefore: cutoff)
            try report(.init(executions: removed), wouldRemove: false)
        }
    }

    private func report(_ found: CountPurgeable.Amount, wouldRemove: Bool) throws {
        guard json.isJSON else {
            guard wouldRemove else { return print("\(counted(found.executions, "execution")) removed.") }
            return print(
                "\(counted(found.executions, "execution")) with \(found.bytes) bytes of files and "
                    + "\(counted(found.refusals, "refused attempt")) would be removed.")
        }
        var record: JSONRecord = ["dry_run": wouldRemove, "executions": found.executions]
        if wouldRemove {
            record["bytes"] = found.bytes
            record["refusals"] = found.refusals
        }
        print(try ASCIIJSON.text(of: record))
    }
}
