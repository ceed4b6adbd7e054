import ArgumentParser
import Core
import Foundation
import Glibc

/// `watch`: runs broker passes for a while. Cron starts it every minute, and systemd once with `--stay`.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Runs broker passes for a while: kills, settles, and starts queued executions.",
        discussion: """
            Only one broker of an instance is on watch. A second one exits at once. Kills in progress are \
            completed, even if that takes longer. Afterwards consoles are refreshed and old executions purged, if \
            necessary.
            """, aliases: ["run"])

    @OptionGroup var options: Options

    @Option(name: .customLong("for"), help: "Seconds to watch. 0 runs a single broker pass.")
    var seconds = 55

    @Flag(help: "Begin again after each watch, until the program is ended. For a service that always runs.")
    var stay = false

    func validate() throws {
        guard !stay || seconds > 0 else { throw ValidationError("--stay needs a watch of at least one second.") }
        guard (0...86_400).contains(seconds) else { throw ValidationError("--for takes 0 to 86400 seconds.") }
    }

    func run() throws {
        try reportingErrors {
            let hasWatched = try watch()
            guard stay else { return }
            // Another broker is on watch.
            if !hasWatched { sleep(5) }
            throw Self.beginAgain()
        }
    }

    /// Replaces this process by a new one with the same arguments. It has nothing in memory and opens the store anew, and
    /// after an upgrade it is the new program.
    ///
    /// - Returns: Why that is not possible.
    private static func beginAgain() -> SystemError {
        let program = (try? Programs.ownPath()) ?? "/proc/self/exe"
        execv(program, CommandLine.unsafeArgv)
        return SystemError("execv", program)
    }

    /// Returns whether it watched, because no other broker did.
    private func watch() throws -> Bool {
        let opened = try options.open(mustExist: true)
        opened.instance.store.recordConfiguration(in: opened.instance.storage, log: opened.instance.log)
        try ChildProcess.reapInherited()
        let (watched, instance) = try opened.instance.watch(
            for: Int64(seconds) * 1000, following: opened.live, waitsForSettler: true,
            anchoring: AuditAnchoring(
                store: opened.instance.store, storage: opened.instance.storage, log: opened.instance.log))
        guard watched, seconds > 0 else { return watched }
        // After the watch, because a console may be slow.
        let refresh = RefreshCatalogue(
            configuration: instance.configuration, storage: instance.storage, log: instance.log)
        // A queued execution is not started until its choices are known.
        let hasQueued = try !instance.store.queued(on: instance.storage.serverUUID).isEmpty
        _ = try refresh.refresh(onlyIfNeeded: true, withChoices: hasQueued)
        // At most 1000 at a time, because each takes a query to a store that others share. The rest can wait.
        try RemoveOrphanedFiles(store: instance.store, storage: instance.storage, log: instance.log).remove(
            limit: 1000)
        let retention = try RetentionTime(instance.storage, log: instance.log)
            .advance(marking: instance.store)
        let broker = AuditActor(.broker, of: instance.storage)
        let purge = PurgeHistory(store: instance.store, storage: instance.storage, by: broker, log: instance.log)
        if let keep = instance.configuration.audit.keep {
            do throws(StoreError) {
                _ = try instance.store.removeAuditEntries(before: retention.seconds - keep, limit: 1000, by: broker)
            } catch {
                // With grants that only allow to append, only the owner of the tables can do it.
                instance.log.warning("old entries of the audit were not removed", metadata: ["error": "\(error)"])
            }
        }
        guard let keep = instance.configuration.history.keep else {
            // Unlike executions, refused attempts are not kept for ever, because anyone can make many of them.
            let cutoff = retention.seconds - PurgeHistory.refusalsKept
            try purge.purgeRefusals(before: cutoff, upTo: retention.newestRows(at: cutoff))
            return true
        }
        let cutoff = retention.seconds - keep
        // At most 1000 every minute, so that no purge blocks the store for long.
        _ = try purge.purge(endedBefore: cutoff, upTo: retention.newestRows(at: cutoff), limit: 1000)
        return true
    }
}

extension Watch {
    /// A single broker pass.
    static func once(config: String) -> Watch {
        var watch = Watch()
        watch.options = .named(config)
        watch.seconds = 0
        watch.stay = false
        return watch
    }
}
