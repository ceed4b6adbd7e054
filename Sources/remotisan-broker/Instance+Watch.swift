import Assembly
import Core

extension Instance {
    /// The watch of this instance. Fails if one of the three programs is missing.
    func watch() throws -> BrokerWatch {
        let pass = BrokerPass(
            configuration: configuration, catalogue: catalogue, store: store, storage: storage,
            starter: QueueStarter(try startQueued(), log: log), launcher: try launcher(), log: log)
        return BrokerWatch(
            pass: pass, heartbeat: heartbeat, storage: storage, killList: killList, log: log)
    }

    /// Starts queued executions. Fails if one of the three programs is missing.
    func startQueued() throws -> StartQueued {
        StartQueued(catalogue: catalogue, store: store, storage: storage, launcher: try launcher(), log: log)
    }

    /// Starts jobs and collectors. Fails if one of the three programs is missing.
    func launcher() throws -> Launcher {
        Launcher(
            programs: try Programs.besideThisOne(), storage: storage, configuration: configuration.path,
            maxLogBytes: configuration.logger.maxBytes)
    }
}
