import Logging

/// What a broker hears from the kill list of its instance. Belongs to the broker's thread, and never throws: a list
/// that does not answer is told of in the log, once, and asked again ever more seldom.
final class KillListListener {
    private let list: any KillList
    private let server: String
    private let log: Logger
    private var subscription: KillSubscription?
    private var backoff = Backoff()
    /// Announced, and not yet looked up in the table.
    private var announced: Set<JobUUID> = []
    /// When the whole list was read, in milliseconds of the boot clock.
    private var readAt = Int64.min / 2
    /// Milliseconds after which the list is read untold: a server that hung may have taken a job in whose announcement
    /// was never sent, because whoever added it had stopped waiting.
    private static let untoldInterval: Int64 = 5000

    init(_ list: any KillList, on server: String, log: Logger) {
        self.list = list
        self.server = server
        self.log = log
    }

    /// Whether it can be relied on for now; else only the table tells.
    private(set) var answers = false

    /// To be waited on; nil where the list can only be asked.
    var descriptor: Int32? { subscription?.descriptor }

    /// Asks the list, or hears what it tells.
    ///
    /// - Parameter isReadable: Whether the descriptor is.
    /// - Returns: Whether the table should be read now: there is something new in the list, or it answers again, and
    ///   whoever could not reach it meanwhile has written into the table alone.
    func ask(isReadable: Bool) -> Bool {
        let now = Clock.boottimeMilliseconds()
        guard backoff.allows(now: now) else { return false }
        let before = announced
        let succeeded = attempt {
            let isTold = subscription != nil
            if let subscription {
                if isReadable { try subscription.drain() }
            } else {
                subscription = try list.subscribe(on: server)
            }
            guard !isTold || isReadable || now - readAt >= Self.untoldInterval else { return }
            announced.formUnion(try list.jobs(on: server))
            readAt = now
        }
        let isBack = succeeded && !answers
        if isBack { log.debug("the kill list answers") }
        answers = succeeded
        return isBack || announced != before
    }

    /// The table was read after everything was heard that ``ask(isReadable:)`` has heard: what it says of those jobs is
    /// known, so they can go.
    func lookedUp() {
        guard !announced.isEmpty, backoff.allows(now: Clock.boottimeMilliseconds()) else { return }
        if attempt({ try list.remove(announced, on: server) }) { announced = [] } else { answers = false }
    }

    private func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            backoff.succeeded()
            return true
        } catch {
            if backoff.isFresh {
                log.warning(
                    "the kill list does not answer; kills are found in the table meanwhile",
                    metadata: ["error": "\(error)"])
            }
            backoff.failed(now: Clock.boottimeMilliseconds())
            subscription = nil
            return false
        }
    }
}
