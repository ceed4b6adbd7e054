import Logging

/// Learns of kill requests from the kill list of an instance. Belongs to the broker's thread.
///
/// It never throws. A list that does not answer is logged once, and asked again at growing intervals.
final class KillListListener {
    private let list: any KillList
    private let server: String
    private let log: Logger
    private var subscription: KillSubscription?
    private var backoff = Backoff()
    /// Jobs from the list whose kill requests have not been read from the store yet.
    private var announced: Set<JobUUID> = []
    /// When the whole list was last read, in milliseconds of the boot clock.
    private var readAt = Int64.min / 2
    /// Milliseconds after which the list is read without a notification. A server that hung may have accepted a job
    /// whose notification was never sent, because the client had timed out.
    private static let readInterval: Int64 = 5000

    init(_ list: any KillList, on server: String, log: Logger) {
        self.list = list
        self.server = server
        self.log = log
    }

    /// Whether the list answers. If not, kill requests are found only in the store.
    private(set) var isAvailable = false

    /// The descriptor to wait on; nil if the list sends no notifications.
    var descriptor: Int32? { subscription?.descriptor }

    /// Reads notifications, or asks the list.
    ///
    /// - Parameter isReadable: Whether ``descriptor`` is readable.
    /// - Returns: Whether to read the store now: the list has new jobs, or it answers again. Requests that were made
    ///   while it did not answer are only in the store.
    func poll(isReadable: Bool) -> Bool {
        let now = Clock.boottimeMilliseconds()
        guard backoff.allows(now: now) else { return false }
        let before = announced
        let succeeded = attempt { () throws(KillListError) in
            let isSubscribed = subscription != nil
            if let subscription {
                if isReadable { try subscription.drain() }
            } else {
                subscription = try list.subscribe(on: server)
            }
            guard !isSubscribed || isReadable || now - readAt >= Self.readInterval else { return }
            announced.formUnion(try list.jobs(on: server))
            readAt = now
        }
        let isRestored = succeeded && !isAvailable
        if isRestored { log.debug("kill list answers") }
        isAvailable = succeeded
        return isRestored || announced != before
    }

    /// Removes the announced jobs from the list. Call it after the store was read, which makes the announcements
    /// obsolete.
    func removeAnnounced() {
        guard !announced.isEmpty, backoff.allows(now: Clock.boottimeMilliseconds()) else { return }
        let isRemoved = attempt { () throws(KillListError) in try list.remove(announced, on: server) }
        if isRemoved { announced = [] } else { isAvailable = false }
    }

    private func attempt(_ body: () throws(KillListError) -> Void) -> Bool {
        do throws(KillListError) {
            try body()
            backoff.succeeded()
            return true
        } catch {
            if backoff.isFresh {
                log.warning(
                    "kill list does not answer, kill requests are read from the store meanwhile",
                    metadata: ["error": "\(error)"])
            }
            backoff.failed(now: Clock.boottimeMilliseconds())
            subscription = nil
            return false
        }
    }
}
