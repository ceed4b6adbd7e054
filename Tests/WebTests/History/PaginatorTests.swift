import TestSupport
import Testing

@testable import Web

struct PaginatorTests {
    /// The pages of `links`, as Laravel 8's UrlWindow lists them with three pages on each side.
    private static func window(_ page: Int, of last: Int) -> String {
        Paginator.window(page, of: last).map { $0.map(String.init) ?? "…" }.joined(separator: " ")
    }

    @Test(arguments: [
        (1, 1, "1"),
        (1, 3, "1 2 3"),
        (7, 13, "1 2 3 4 5 6 7 8 9 10 11 12 13"),
        (1, 14, "1 2 3 4 5 6 7 8 9 10 … 13 14"),
        (7, 20, "1 2 3 4 5 6 7 8 9 10 … 19 20"),
        (8, 20, "1 2 … 5 6 7 8 9 10 11 … 19 20"),
        (13, 20, "1 2 … 10 11 12 13 14 15 16 … 19 20"),
        (14, 20, "1 2 … 11 12 13 14 15 16 17 18 19 20"),
        (20, 20, "1 2 … 11 12 13 14 15 16 17 18 19 20"),
        (Int.max, 20, "1 2 … 11 12 13 14 15 16 17 18 19 20"),
        (50_000, 100_000, "1 2 … 49997 49998 49999 50000 50001 50002 50003 … 99999 100000"),
    ])
    func `the linked pages are Laravel's`(_ page: Int, _ last: Int, _ expected: String) {
        #expect(Self.window(page, of: last) == expected)
    }

    @Test func `the largest page number does not overflow`() {
        let paginator = Paginator(count: 0, total: 15, page: .max, path: "http://x", filters: [])
        #expect(paginator.last_page == 2)
        #expect(paginator.from == nil)
        #expect(paginator.next_page_url == nil)
        #expect(paginator.prev_page_url == "http://x?page=\(Int.max - 1)")
    }

    @Test func `filters in links are encoded`() throws {
        let value = "a&b=c d+e/%20?#é\u{1F600}"
        let paginator = Paginator(count: 0, total: 0, page: 1, path: "http://x", filters: [("command", value)])
        let query = try Query(paginator.first_page_url.dropFirst("http://x?".count))
        #expect(query["command"] == value)
        #expect(query["page"] == "1")
    }
}
