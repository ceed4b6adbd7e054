import Assembly
import Core

extension Instance {
    /// The watch of this instance. Fails if one of the three programs is missing.
    func watch() throws -> BrokerWatch {
        BrokerWatch(
            pass: try pass(), heartbeat: heartbeat, storage: storage, store: store, killList: killList, log: log)
    }

    /// Watches, and uses changed configurations meanwhile.
    ///
    /// - Parameters:
    ///   - isSettler: Whether a supervisor has started this broker.
    ///   - waitsForSettler: Whether to wait for a broker that a supervisor has started, and that watches for a moment.
    ///   - anchoring: Sends the anchors of the audit; nil to send none, because the watch is short.
    /// - Returns: Whether it watched, and the instance with the configuration that was in use at the end.
    func watch(
        for milliseconds: Int64, following live: LiveConfiguration, isSettler: Bool = false,
        waitsForSettler: Bool = false,
        anchoring: AuditAnchoring? = nil
    ) throws -> (hasWatched: Bool, Instance) {
        let deadline = Clock.boottimeMilliseconds() + milliseconds
        var instance = self
        anchoring?.sendIfDue(configuration.audit)
        while true {
            let begun = instance
            let pass = try begun.pass(searches: !isSettler)
            let heartbeat = begun.heartbeat
            let watch = BrokerWatch(
                pass: pass, heartbeat: heartbeat, storage: storage, store: store, killList: killList,
                isSettler: isSettler, log: log)
            var hasNewLimit = false
            let left = max(0, deadline - Clock.boottimeMilliseconds())
            let hasWatched = try watch.run(for: left, waitsForSettler: waitsForSettler) {
                anchoring?.sendIfDue(instance.configuration.audit)
                var hasChanged = false
                live.check(decides: !storage.isResponderRunning) { configuration in
                    hasChanged = true
                    pass.use(configuration)
                    heartbeat.use(configuration.instance)
                    instance = instance.using(configuration, catalogue)
                    hasNewLimit = configuration.logger.maxBytes != begun.configuration.logger.maxBytes
                }
                if hasChanged { store.recordConfiguration(in: storage, log: log) }
                // The limit of logs needs a new pass. With a new UUID the next watch begins anew.
                return !hasNewLimit && (heartbeat.conflict == nil || !storage.isRenewed)
            }
            // A single pass is not repeated, so it must have reached the store.
            if hasWatched, milliseconds == 0, let reason = watch.outageReason { throw reason }
            guard hasWatched, hasNewLimit, Clock.boottimeMilliseconds() < deadline else {
                return (hasWatched && heartbeat.conflict == nil, instance)
            }
        }
    }

    private func pass(searches: Bool = true) throws -> BrokerPass {
        // It examines paths, so one serves all.
        let launcher = try launcher()
        return BrokerPass(
            configuration: configuration, catalogue: catalogue, store: store, storage: storage,
            starter: QueueStarter(startQueued(by: launcher), log: log), launcher: launcher, searches: searches, log: log
        )
    }

    /// Fails if this storage is a copy of one that lives elsewhere.
    func requireOwnPlace() throws {
        let heartbeat = heartbeat
        try heartbeat.check()
        if let conflict = heartbeat.conflict { throw CommandError(conflict.description, .refused) }
    }

    /// Starts queued executions. Fails if one of the three programs is missing.
    func startQueued() throws -> StartQueued { startQueued(by: try launcher()) }

    private func startQueued(by launcher: Launcher) -> StartQueued {
        StartQueued(catalogue: catalogue, store: store, storage: storage, launcher: launcher, log: log)
    }

    /// Starts jobs and collectors. Fails if one of the three programs is missing.
    func launcher() throws -> Launcher {
        Launcher(
            programs: try Programs.besideThisOne(), storage: storage, configuration: configuration.path,
            maxLogBytes: configuration.logger.maxBytes, secretFiles: configuration.files.map(\.file))
    }
}
