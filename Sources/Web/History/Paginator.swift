import Core

/// One page of the history with its links, as Laravel's `LengthAwarePaginator` writes it. `HistoryQuery.perPage` is the
/// number of rows on a page.
struct Paginator: Encodable {
    let current_page: Int
    let data: [HistoryRow]
    let first_page_url: String
    let from: Nullable<Int>
    let last_page: Int
    let last_page_url: String
    let links: [Link]
    let next_page_url: Nullable<String>
    let path: String
    let per_page: Int
    let prev_page_url: Nullable<String>
    let to: Nullable<Int>
    let total: Int

    struct Link: Encodable, Equatable {
        let url: Nullable<String>
        let label: String
        let active: Bool

        init(_ url: String?, _ label: String, active: Bool = false) {
            self.url = Nullable(url)
            self.label = label
            self.active = active
        }

        static func == (one: Link, other: Link) -> Bool {
            one.url.value == other.url.value && one.label == other.label && one.active == other.active
        }
    }

    /// - Parameters:
    ///   - total: The number of rows on all pages.
    ///   - page: The number of the page, from 1.
    ///   - path: The absolute address, without a query.
    ///   - filters: Query fields that every link repeats.
    init(rows: [HistoryRow], total: Int, page: Int, path: String, filters: [(name: String, value: String)]) {
        let perPage = HistoryQuery.perPage
        let last = max(1, (total + perPage - 1) / perPage)
        let kept = filters.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        func url(_ page: Int) -> String { path + "?" + (kept + ["page=\(page)"]).joined(separator: "&") }
        let previous = page > 1 ? url(page - 1) : nil
        let next = page < last ? url(page + 1) : nil

        current_page = page
        data = rows
        first_page_url = url(1)
        from = Nullable(rows.isEmpty ? nil : (page - 1) * perPage + 1)
        last_page = last
        last_page_url = url(last)
        links =
            [Link(previous, "&laquo; Previous")]
            + Self.window(page, of: last).map { number in
                number.map { Link(url($0), String($0), active: $0 == page) } ?? Link(nil, "...")
            } + [Link(next, "Next &raquo;")]
        next_page_url = Nullable(next)
        self.path = path
        per_page = perPage
        prev_page_url = Nullable(previous)
        to = Nullable(rows.isEmpty ? nil : (page - 1) * perPage + rows.count)
        self.total = total
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
