import Logging

/// Logs an outage of the store once when it begins and once when it ends, because a watch runs four passes a second.
/// Belongs to one thread.
final class Outage {
    private let log: Logger
    /// Why the store does not answer; nil if it does.
    private(set) var current: StoreError?

    init(log: Logger) {
        self.log = log
    }

    /// The store failed. Another reason is logged as well.
    func report(_ error: StoreError) {
        if current != error { log.error("store does not answer", metadata: ["error": "\(error)"]) }
        current = error
    }

    /// The store answered.
    func end() {
        if current != nil { log.warning("store answers again") }
        current = nil
    }
}
