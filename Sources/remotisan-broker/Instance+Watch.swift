import Assembly
import Core

extension Instance {
    /// A broker's watch over this instance.
    func watch() -> BrokerWatch {
        let pass = BrokerPass(
            configuration: configuration, catalogue: catalogue, store: store, storage: storage, log: log)
        return BrokerWatch(
            pass: pass, heartbeat: heartbeat, storage: storage, killList: killList, log: log)
    }
}
