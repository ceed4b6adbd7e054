import Core

extension HistoryQuery {
    /// A column of the order.
    package enum OrderKey: Sendable {
        case command, parameters, user, status, duration, executedAt, id
    }

    /// The order of the rows, most significant column first. Rows that are equal in the chosen order come newest first.
    /// An order by time is reversed as a whole.
    ///
    /// - Parameter isReversed: Whether the page is read from the end.
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
