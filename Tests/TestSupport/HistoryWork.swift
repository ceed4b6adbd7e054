import Core
import Testing

/// Checks that no query of the history reads all executions, or sorts them.
///
/// Times depend on the machine, and plans have names that do not say how many rows they read. So a store counts the
/// steps of its work, and a page must not need as many as there are executions.
package enum HistoryWork {
    /// Number of rows. Enough that every form of a query pays.
    package static let rows = 60_000
    private static let first: Int64 = 1_780_000_000

    /// SQL of row `i`: user, command, parameters, start, end, status. Times grow with the numbers.
    package static let columns = """
        CASE WHEN i % 20000 = 7 THEN 'rare' ELSE 'user ' || (i % 10) END,
        CASE WHEN i < 200 THEN 'old:command' ELSE 'command:' || (i * 7 % 12) END,
        'number ' || i, \(first) + i * 10, \(first) + i * 10 + i % 1000,
        CASE WHEN i % 20000 = 1 THEN 1 WHEN i < 2000 AND i % 100 = 3 THEN 4 WHEN i % 10 = 0 THEN 3 ELSE 2 END
        """

    /// SQL of the instance of a row.
    package static func instance(ofRow number: String) -> String {
        "CASE WHEN \(number) < 100 THEN '\(instanceOfLongAgo)' ELSE 's' END"
    }

    /// SQL of the API token of a row.
    package static func token(ofRow number: String) -> String {
        "CASE WHEN \(number) % 20000 = 11 THEN \(rareToken) WHEN \(number) % 7 < 3 THEN 3 END"
    }

    /// SQL of the number that begins the UUID of row `i`. Its digits differ from row to row, as in a random UUID.
    package static let uuidNumber = "((i * 2654435761) % 4294967296)"

    private static func uuidBeginning(of row: UInt64) -> String {
        let digits = String((row * 2_654_435_761) % 4_294_967_296, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static let visibilities: [(String, Visibility)] = [
        ("everything", .everything),
        ("own", .own("user 3")),
        ("own and some commands", .ownAndCommands("user 3", ["command:1", "command:2", "command:8", "old:command"])),
        ("few own and a command of long ago", .ownAndCommands("rare", ["old:command"])),
        (
            "own and more commands than a SELECT has branches",
            .ownAndCommands("user 3", Set((0..<600).map { "command:\($0 * 3)" }))
        ),
    ]

    private static let filters: [(String, @Sendable (inout HistoryQuery) -> Void)] = [
        ("status running", { $0.status = .running }), ("status failed", { $0.status = .failed }),
        ("status completed", { $0.status = .completed }), ("status killed", { $0.status = .killed }),
        ("a user", { $0.user = "user 4" }), ("a rare user", { $0.user = "rare" }),
        ("a command", { $0.name = "command:2" }),
        ("an hour", { ($0.from, $0.until) = (first + 300_000, first + 303_600) }),
        ("the later half", { $0.from = first + 300_000 }), ("the earlier half", { $0.until = first + 300_000 }),
        ("a frequent word", { ($0.text, $0.exactUpTo) = ("number", 1000) }),
        ("a rare word", { ($0.text, $0.exactUpTo) = ("ber 5432", 1000) }),
        ("a word of no row", { ($0.text, $0.exactUpTo) = ("nowhere", 1000) }),
        ("a part of a UUID", { ($0.uuid, $0.exactUpTo) = (uuidBeginning(of: 54_321), 1000) }),
        ("a UUID", { $0.uuid = uuidBeginning(of: 54_321) + "-0000-4000-8000-00000000d431" }),
        ("max_records", { $0.maxRecords = 500 }),
    ]

    /// Filters by what ``instance(ofRow:)`` and ``token(ofRow:)`` say, and by running time.
    private static let detailFilters: [(String, @Sendable (inout HistoryQuery) -> Void)] = [
        ("a long running time", { ($0.duration, $0.exactUpTo) = (ran(atLeast: rareDuration), 1000) }),
        ("a usual running time", { ($0.duration, $0.exactUpTo) = (ran(atLeast: 100), 1000) }),
        ("a rare API token", { ($0.token, $0.exactUpTo) = (.token(rareToken), 1000) }),
        ("an API token", { ($0.token, $0.exactUpTo) = (.token(3), 1000) }),
        ("any API token", { ($0.token, $0.exactUpTo) = (.anyToken, 1000) }),
        ("no API token", { ($0.token, $0.exactUpTo) = (.person, 1000) }),
        ("an instance", { ($0.instance, $0.exactUpTo) = ("s", 1000) }),
        ("an instance of long ago", { ($0.instance, $0.exactUpTo) = (instanceOfLongAgo, 1000) }),
    ]

    private static let instanceOfLongAgo = "gone"
    /// Seconds that few rows have run for.
    package static let rareDuration: Int64 = 998
    /// The token of few rows.
    package static let rareToken: Int64 = 9

    private static func ran(atLeast seconds: Int64) -> HistoryQuery.DurationFilter? {
        HistoryQuery.DurationFilter(least: seconds, most: nil, now: first + Int64(rows) * 10 + 1000)
    }

    /// A query with its description.
    package typealias Case = (name: String, query: HistoryQuery)

    /// Each visibility with each order, each filter, each pair of filters, and each filter in each order.
    package static let cases: [Case] = visibilities.flatMap { name, visibility -> [Case] in
        let plain: Case = (name, HistoryQuery(visibility: visibility))
        let filtered = filters.map { with(plain, $0) }
        let pairs = filters.indices.flatMap { index in
            filters[(index + 1)...].map { with(filtered[index], $0) }
        }
        return pairs + ([plain] + filtered).flatMap(inEachOrder)
    }

    /// Each visibility with each filter by a detail, alone in each order, and together with each other filter.
    package static let detailCases: [Case] = visibilities.flatMap { name, visibility -> [Case] in
        let filtered = detailFilters.map { with((name, HistoryQuery(visibility: visibility)), $0) }
        return filtered.flatMap { item in filters.map { with(item, $0) } + inEachOrder(item) }
    }

    private static func inEachOrder(_ item: Case) -> [Case] {
        HistoryQuery.Sort.allCases.flatMap { sort in
            [false, true].map { ascending -> Case in
                with(
                    item,
                    (
                        "by \(sort.rawValue) \(ascending ? "asc" : "desc")",
                        { ($0.sort, $0.ascending) = (sort, ascending) }
                    )
                )
            }
        }
    }

    private static func with(_ item: Case, _ change: (String, (inout HistoryQuery) -> Void)) -> Case {
        var query = item.query
        change.1(&query)
        return ("\(item.name), \(change.0)", query)
    }

    /// Measures some pages of all queries.
    ///
    /// - Parameters:
    ///   - cases: The queries.
    ///   - stepsPerRow: The largest number of steps that one row takes.
    ///   - isIncluded: Whether a query is measured.
    ///   - measure: The page of a query, and the number of steps that it took.
    package static func check(
        _ cases: [Case], stepsPerRow: Int, where isIncluded: (HistoryQuery) -> Bool = { _ in true },
        _ measure: (HistoryQuery) throws -> (page: HistoryPage, steps: Int)
    ) throws {
        for (name, query) in cases where isIncluded(query) {
            var query = query
            let total = try measure(query).page.total
            let last = (total + query.rowsPerPage - 1) / query.rowsPerPage
            for number in Set([1, min(20, last), last]).filter({ $0 > 0 }).sorted() {
                query.page = number
                let (page, steps) = try measure(query)
                #expect(
                    steps <= limit(query, page) * stepsPerRow, "\(name), page \(number) of \(page.total) rows, \(steps)"
                )
            }
        }
    }

    /// The number of rows that a page may read: a tenth of all, and those between it and the nearer end.
    private static func limit(_ query: HistoryQuery, _ page: HistoryPage) -> Int {
        let before = (query.page - 1) * query.rowsPerPage
        let reach = page.isTotalExact ? min(before, page.total - before) : before
        // The total of a time is exact, and nothing counts it but reading.
        let hasTime = query.from != nil || query.until != nil
        // No index finds the rows of an instance. So all are read if it has few.
        let isOfFew = query.instance == instanceOfLongAgo
        // Two rows without a token may lie between two with one.
        let rowsPerMatch = query.token == nil ? 1 : 3
        return rows / 10 + reach * rowsPerMatch + (hasTime ? rows / 2 : 0) + (isOfFew ? rows : 0)
    }
}
