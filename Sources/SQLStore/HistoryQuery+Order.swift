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

    /// Whether its rows come in the order of time, without a filter that has an index for itself.
    package var isByTime: Bool { sort == .executedAt && user == nil && name == nil && maxRecords == nil }
}

extension HistoryQuery.OrderKey {
    /// The column, or the expression of the duration.
    package func column(duration: String) -> String {
        switch self {
        case .command: "command"
        case .parameters: "parameters"
        case .user: "user_identifier"
        case .status: "process_status"
        case .duration: duration
        case .executedAt: "executed_at"
        case .id: "id"
        }
    }
}
