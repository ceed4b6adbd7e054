/// The place of a row in an order of the history, so that a later query goes on after it.
package struct HistoryPlace: Sendable, Equatable {
    package let command: String
    package let parameters: String
    package let user: String?
    /// The number of the status, which may be unknown.
    package let status: Int64
    package let executedAt: Int64
    /// nil or 0 as long as it has not ended.
    package let finishedAt: Int64?
    package let id: Int64

    package init(
        command: String, parameters: String, user: String?, status: Int64, executedAt: Int64, finishedAt: Int64?,
        id: Int64
    ) {
        self.command = command
        self.parameters = parameters
        self.user = user
        self.status = status
        self.executedAt = executedAt
        self.finishedAt = finishedAt
        self.id = id
    }

    /// Seconds that it ran. A queued execution has not run.
    ///
    /// - Parameter now: Unix seconds. A running execution ends here.
    package func duration(now: Int64) -> Int64 {
        if status == Int64(Status.queued.rawValue) { return 0 }
        let end = finishedAt.flatMap { $0 == 0 ? nil : $0 } ?? now
        return end - executedAt
    }
}

/// Some consecutive rows of the history.
package struct HistoryBatch: Sendable, Equatable {
    package let rows: [Execution]
    /// The place of the last row; nil if there are no more rows.
    package let end: HistoryPlace?

    package init(rows: [Execution], end: HistoryPlace?) {
        self.rows = rows
        self.end = end
    }
}
