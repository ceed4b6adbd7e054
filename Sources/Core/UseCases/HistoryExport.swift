/// All rows of a query of the history, part by part.
package struct HistoryExport: Sendable {
    /// Rows that are read together.
    package static let rowsPerPart = 500

    private let store: any ExecutionStore
    private let query: HistoryQuery
    /// Unix seconds.
    private let now: Int64
    private var place: HistoryPlace?
    private var isOver = false

    package init(_ query: HistoryQuery, in store: any ExecutionStore, now: Int64) {
        self.query = query
        self.store = store
        self.now = now
    }

    /// The next rows; nil if there are no more.
    package mutating func next() throws(StoreError) -> [Execution]? {
        guard !isOver else { return nil }
        let batch = try store.history(query, after: place, now: now, count: Self.rowsPerPart)
        place = batch.end
        isOver = place == nil
        return batch.rows.isEmpty ? nil : batch.rows
    }
}
