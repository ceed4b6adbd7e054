import Core
import Testing

/// Checks that a page is the same whichever form of a statement finds it. Forms for many rows are rarely used for the few
/// rows of a test.
package enum HistoryForms {
    private static let visibilities: [Visibility] = [
        .everything, .own("ann@lab"), .ownAndCommands("ann@lab", ["x", "disk_usage", "cache:clear"]),
    ]

    private static let filters: [@Sendable (inout HistoryQuery) -> Void] = [
        { _ in }, { $0.status = .completed }, { $0.user = "bob@lab" }, { $0.name = "x" }, { $0.text = "a" },
        { $0.text = "usage" }, { $0.token = .anyToken }, { $0.token = .token(7) },
        { ($0.token, $0.user) = (.person, "ann@lab") },
        { $0.duration = HistoryQuery.DurationFilter(least: 1500, most: nil, now: 1_780_004_000) },
        {
            ($0.duration, $0.status) = (
                HistoryQuery.DurationFilter(least: nil, most: 2500, now: 1_780_004_000), .completed
            )
        },
        { $0.from = 1_780_001_000 }, { ($0.until, $0.status) = (1_780_002_000, .failed) },
    ]

    /// - Parameters:
    ///   - store: An empty store.
    ///   - other: A page in the forms for many rows.
    package static func check(_ store: any ExecutionStore, _ other: (HistoryQuery) throws -> HistoryPage) throws {
        var property = HistoryProperty(store, seed: 77)
        try property.check(rounds: 8, queries: 0)
        while try store.indexSearch(atLeast: 1) {}
        for visibility in visibilities {
            for filter in filters {
                for sort in HistoryQuery.Sort.allCases {
                    for ascending in [false, true] {
                        var query = HistoryQuery(visibility: visibility, sort: sort, ascending: ascending)
                        filter(&query)
                        repeat {
                            let page = try store.history(query)
                            #expect(try other(query) == page, "\(query)")
                            if page.rows.isEmpty { break }
                            query.page += 1
                        } while true
                    }
                }
            }
        }
    }
}
