import Core

extension HistoryQuery {
    /// What rows can be told apart by.
    package enum OrderKey: Sendable {
        case command, parameters, user, status, duration, executedAt, id
    }

    /// What the rows of a page are ordered by, the first first. Rows alike in the chosen order come newest first; an order
    /// by time is turned as a whole.
    ///
    /// - Parameter isReversed: Whether the page is read from its end.
    package func order(isReversed: Bool) -> [(key: OrderKey, isAscending: Bool)] {
        let chosen: [OrderKey] =
            switch sort {
            case .executedAt: []
            case .command: [.command, .parameters]
            case .user: [.user]
            case .status: [.status]
            case .duration: [.duration]
            }
        let isTimeAscending = sort == .executedAt && ascending
        return chosen.map { ($0, ascending != isReversed) }
            + [.executedAt, .id].map { ($0, isTimeAscending != isReversed) }
    }
}
