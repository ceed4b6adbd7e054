import ArgumentParser
import Core

/// `watch`: what cron starts every minute.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Kills what is to be killed and settles what has ended, for a while.",
        discussion: """
            Only one broker of an instance is on watch; a second one leaves its work to the first. Kills that are \
            under way are seen to their end, however long that takes.
            """, aliases: ["run"])

    @OptionGroup var options: Options

    @Option(name: .customLong("for"), help: "Seconds to watch; 0 looks once.")
    var seconds = 55

    func validate() throws {
        guard (0...86_400).contains(seconds) else { throw ValidationError("--for takes 0 to 86400 seconds.") }
    }

    func run() throws {
        let instance = try options.instance()
        try explained {
            let watched = try instance.watch().run(for: Int64(seconds) * 1000)
            guard watched, seconds > 0 else { return }
            // After the watch: a console may take its time.
            let refresh = RefreshCatalogue(
                configuration: instance.configuration, storage: instance.storage, log: instance.log)
            // Without the choices that it was made from nothing that waits is started.
            let isAnyWaiting = try !instance.store.queued(on: instance.storage.serverUUID).isEmpty
            _ = try refresh.refresh(onlyIfNeeded: true, withChoices: isAnyWaiting)
            // A few of them at a time: they keep, and the table is everybody's.
            try RemoveOrphanedFiles(store: instance.store, storage: instance.storage, log: instance.log).remove(
                limit: 1000)
            guard let keep = instance.configuration.history.keep else { return }
            // A little every minute: a history that is kept within bounds never needs a long purge.
            _ = try PurgeHistory(store: instance.store, storage: instance.storage, log: instance.log)
                .purge(endedBefore: Clock.seconds() - keep, limit: 1000)
        }
    }
}
