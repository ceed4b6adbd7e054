import Core

/// Where a page lies among all rows. A page of the second half is read from the end: it is as quick as its
/// counterpart at the beginning.
package struct PageWindow {
    /// Rows to pass over.
    package let offset: Int
    /// Rows on the page.
    package let count: Int
    /// Whether both count from the last row.
    package let isFromTheEnd: Bool

    /// The place of a page; nil if it is beyond the last.
    package init?(page: Int, total: Int) {
        let (start, overflow) = HistoryQuery.perPage.multipliedReportingOverflow(by: max(page, 1) - 1)
        guard !overflow, start < total else { return nil }
        count = min(HistoryQuery.perPage, total - start)
        isFromTheEnd = start > total / 2
        offset = isFromTheEnd ? total - start - count : start
    }
}
