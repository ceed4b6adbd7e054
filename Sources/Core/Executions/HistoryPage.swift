/// One page of the history.
public struct HistoryPage: Sendable, Equatable {
    /// The rows of the page.
    public let rows: [Execution]
    /// Number of rows on all pages.
    public let total: Int

    /// Creates a page.
    public init(rows: [Execution], total: Int) {
        self.rows = rows
        self.total = total
    }
}
