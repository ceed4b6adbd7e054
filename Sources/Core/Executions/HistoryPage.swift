/// One page of the history.
package struct HistoryPage: Sendable, Equatable {
    /// The rows of the page.
    package let rows: [Execution]
    /// Number of rows on all pages.
    package let total: Int

    /// Creates a page.
    package init(rows: [Execution], total: Int) {
        self.rows = rows
        self.total = total
    }
}
