import Synchronization

/// The rows of running executions as they were a moment ago, so that several watchers of a job, who poll several times a
/// second, do not read the store each time.
final class RecentRows: Sendable {
    private let rows = Mutex<[JobUUID: Row]>([:])

    /// Milliseconds for which a row is kept. It is the delay with which a job shows that is found lost.
    private static let age: Int64 = 1000
    private static let limit = 200

    /// The row of a running execution; nil if it was not read lately.
    ///
    /// - Parameter now: Milliseconds of the boot clock.
    func row(_ uuid: JobUUID, _ now: Int64) -> Execution? {
        guard let row = rows.withLock({ $0[uuid] }), now - row.readAt < Self.age else { return nil }
        return row.execution
    }

    func keep(_ execution: Execution, of uuid: JobUUID, _ now: Int64) {
        let row = Row(execution, readAt: now)
        rows.withLock { rows in
            if rows.count >= Self.limit { rows.removeAll() }
            rows[uuid] = row
        }
    }

    /// A class, so that a thread copies one reference while it has the lock.
    private final class Row: Sendable {
        let execution: Execution
        let readAt: Int64

        init(_ execution: Execution, readAt: Int64) {
            self.execution = execution
            self.readAt = readAt
        }
    }
}
