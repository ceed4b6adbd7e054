import Core

/// The part of a page whose rows have one status, user or command.
///
/// In an order by status, the rows of each status come in an order of time, newest first. An index has them in that
/// order only if both are reversed together. So each status is read by itself. The same applies to users. Of commands,
/// only those on the page are sorted by their parameters.
package struct GroupSlice<Value: Equatable>: Equatable {
    /// What the rows have in common.
    package let value: Value
    /// Number of rows of the group to skip.
    package let offset: Int
    package let count: Int

    package init(value: Value, offset: Int, count: Int) {
        self.value = value
        self.offset = offset
        self.count = count
    }

    /// The slices of a page.
    ///
    /// - Parameters:
    ///   - page: Where the page lies.
    ///   - groups: The number of rows of each group, in the order in which the page is read.
    package static func slices(of page: PageWindow, _ groups: [(value: Value, rows: Int)]) -> [GroupSlice] {
        var start = 0
        var slices: [GroupSlice] = []
        for group in groups {
            let first = max(page.offset, start)
            let end = min(page.offset + page.count, start + group.rows)
            if first < end { slices.append(.init(value: group.value, offset: first - start, count: end - first)) }
            start += group.rows
        }
        return slices
    }
}

extension HistoryQuery {
    /// The column by whose values the rows are grouped first, if the table of counts has it. It is the first of the order.
    package var groupColumn: String? {
        switch sort {
        case .status: "process_status"
        case .user: "user_identifier"
        case .command: "command"
        case .executedAt, .duration: nil
        }
    }

    /// The query of the rows of one command. All of them are visible if the person may run it, so that its index finds
    /// them.
    package func ofCommand(_ command: String) -> HistoryQuery {
        var query = self
        query.name = command
        return query
    }
}
