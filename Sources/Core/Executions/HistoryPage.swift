/// One page of the history.
package struct HistoryPage: Sendable, Equatable {
    package let rows: [Execution]
    /// Number of rows on all pages.
    package let total: Int

    package init(rows: [Execution], total: Int) {
        self.rows = rows
        self.total = total
    }
}
