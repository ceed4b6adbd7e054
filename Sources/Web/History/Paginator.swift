import Core

/// One page of the history with its links, as Laravel's `LengthAwarePaginator` writes it.
struct Paginator {
    let current_page: Int
    let first_page_url: String
    let from: Int?
    let last_page: Int
    let last_page_url: String
    let links: [Link]
    let next_page_url: String?
    let path: String
    let per_page: Int
    let prev_page_url: String?
    let to: Int?
    let total: Int
    /// Whether there are not more rows than `total`.
    let total_is_exact: Bool

    struct Link: Equatable {
        let url: String?
        let label: String
        let active: Bool

        init(_ url: String?, _ label: String, active: Bool = false) {
            self.url = url
            self.label = label
            self.active = active
        }

        /// Its JSON text after another text.
        fileprivate func adding(to text: consuming [UInt8]) -> [UInt8] {
            var link = JSONObject(after: text)
            link.add("url", url)
            link.add("label", label)
            link.add("active", active)
            return link.text()
        }
    }

    /// - Parameters:
    ///   - count: The number of rows on this page.
    ///   - total: The number of rows on all pages.
    ///   - isTotalExact: Whether there are not more rows.
    ///   - page: The number of the page, from 1.
    ///   - perPage: The maximum number of rows on a page.
    ///   - path: The absolute address, without a query.
    ///   - filters: Query fields that every link repeats.
    init(
        count: Int, total: Int, isTotalExact: Bool = true, page: Int, perPage: Int = HistoryQuery.perPage,
        path: String, filters: [(name: String, value: String)]
    ) {
        let last = max(1, (total + perPage - 1) / perPage)
        let kept = filters.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        func url(_ page: Int) -> String { path + "?" + (kept + ["page=\(page)"]).joined(separator: "&") }
        let previous = page > 1 ? url(page - 1) : nil
        let next = page < last ? url(page + 1) : nil

        current_page = page
        first_page_url = url(1)
        from = count == 0 ? nil : (page - 1) * perPage + 1
        last_page = last
        last_page_url = url(last)
        links =
            [Link(previous, "&laquo; Previous")]
            + Self.window(page, of: last).map { number in
                number.map { Link(url($0), String($0), active: $0 == page) } ?? Link(nil, "...")
            } + [Link(next, "Next &raquo;")]
        next_page_url = next
        self.path = path
        per_page = perPage
        prev_page_url = previous
        to = count == 0 ? nil : (page - 1) * perPage + count
        self.total = total
        total_is_exact = isTotalExact
    }

    /// The page as JSON text.
    ///
    /// - Parameter data: Its rows.
    func json(_ data: [HistoryRow]) -> [UInt8] {
        var page = JSONObject(capacity: 4096 + 1024 * data.count)
        page.add("current_page", current_page)
        page.add("data", of: data) { row, text in
            var object = JSONObject(after: text)
            row.write(to: &object)
            return object.text()
        }
        page.add("first_page_url", first_page_url)
        page.add("from", from)
        page.add("last_page", last_page)
        page.add("last_page_url", last_page_url)
        page.add("links", of: links) { link, text in link.adding(to: text) }
        page.add("next_page_url", next_page_url)
        page.add("path", path)
        page.add("per_page", per_page)
        page.add("prev_page_url", prev_page_url)
        page.add("to", to)
        page.add("total", total)
        page.add("total_is_exact", total_is_exact)
        return page.text()
    }

    /// The pages that get a link: three on each side of the current one, and two at each end. nil is a gap.
    static func window(_ page: Int, of last: Int) -> [Int?] {
        let side = 3
        guard last >= side * 2 + 8 else { return Array(1...last) }
        let near = side + 4
        if page <= near { return Array(1...(near + side)) + [nil, last - 1, last] }
        if page > last - near { return [1, 2, nil] + Array((last - near - side + 1)...last) }
        return [1, 2, nil] + Array((page - side)...(page + side)) + [nil, last - 1, last]
    }
}
