import Logging

/// A store that does not answer, told once when it begins and once when it is over: a watch looks four times a second.
/// Belongs to one thread.
final class Outage {
    private let log: Logger
    private var told: StoreError?

    /// None so far.
    init(log: Logger) {
        self.log = log
    }

    /// The store has not answered, for this reason; another reason is told as well.
    func goesOn(_ error: StoreError) {
        if told != error { log.error("the store did not answer", metadata: ["error": "\(error)"]) }
        told = error
    }

    /// The store has answered.
    func ended() {
        if told != nil { log.warning("the store answers again") }
        told = nil
    }
}
