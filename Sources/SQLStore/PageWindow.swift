import Core

/// Where a page lies among all rows. A page in the second half is read from the end, which is as fast as its
/// counterpart in the first half.
package struct PageWindow {
    /// Number of rows to skip.
    package let offset: Int
    /// Number of rows on the page.
    package let count: Int
    /// Whether both count from the last row.
    package let isFromTheEnd: Bool

    /// Nil if the page is after the last one.
    ///
    /// - Parameter isExact: Whether there are not more rows than the total. If there may be, the end is not known.
    package init?(page: Int, perPage: Int, total: Int, isExact: Bool = true) {
        let (start, overflow) = perPage.multipliedReportingOverflow(by: max(page, 1) - 1)
        guard !overflow, start < total else { return nil }
        count = min(perPage, total - start)
        isFromTheEnd = isExact && start > total / 2
        offset = isFromTheEnd ? total - start - count : start
    }
}
