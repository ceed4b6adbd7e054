import Core
import Foundation

/// Measures queries of a long history and prints the results. Set REMOTISAN_MEASURE=1 to run it.
package enum HistoryMeasurement {
    package static let isEnabled = ProcessInfo.processInfo.environment["REMOTISAN_MEASURE"] == "1"
    /// Number of rows. They have 100 users, 50 commands, and a few rare ones whose pages are hard to find.
    package static let rows = 1_000_000
    /// The instance of all rows.
    package static let server = Execution.sample().serverUUID

    /// SQL of row `i`: user, command, parameters, start, end, status.
    package static let columns = """
        CASE WHEN i % 200000 = 7 THEN 'rare' ELSE 'user ' || (i % 100) END,
        CASE WHEN i % 250000 = 9 THEN 'rare:command' WHEN i < 2000 THEN 'old:command' ELSE 'command:' || (i % 50) END,
        'number ' || i, 1780000000 + i * 10, 1780000000 + i * 10 + i % 1000,
        CASE WHEN i % 333333 = 1 THEN 1 WHEN i < 2000 AND i % 100 = 3 THEN 4 WHEN i % 10 = 0 THEN 3 ELSE 2 END
        """

    /// Measures a store that contains the rows.
    package static func run(_ store: any ExecutionStore) throws {
        let indexing = try ContinuousClock().measure { while try store.indexSearch(atLeast: 1) {} }
        print("measured \(milliseconds(indexing)) ms  indexing for searches")
        let everything = HistoryQuery(visibility: .everything)
        let common = Set((0..<20).map { "command:\($0)" })
        let cases: [(String, HistoryQuery)] = [
            ("super user, first page", everything),
            ("super user, page 1000", Self.with(everything) { $0.page = 1000 }),
            ("super user, page 50,000", Self.with(everything) { $0.page = 50_000 }),
            ("super user, last page", Self.with(everything) { $0.page = rows / 10 }),
            ("own, a user with 5 rows", .init(visibility: .own("rare"))),
            ("own, a user with 10,000 rows", .init(visibility: .own("user 7"))),
            ("own and 20 common commands", .init(visibility: .ownAndCommands("user 7", common))),
            ("own and 20 common commands, page 1000", .init(visibility: .ownAndCommands("user 7", common), page: 1000)),
            ("own and 1 rare command", .init(visibility: .ownAndCommands("rare", ["rare:command"]))),
            ("own, few rows, and a command long unused", .init(visibility: .ownAndCommands("rare", ["old:command"]))),
            ("own, few rows, and no command", .init(visibility: .ownAndCommands("rare", []))),
            ("own, 10,000 rows, and no command", .init(visibility: .ownAndCommands("user 7", []))),
            ("filter user, few rows", Self.with(everything) { $0.user = "rare" }),
            (
                "own and commands, filter another user",
                .init(visibility: .ownAndCommands("user 7", common), user: "rare")
            ),
            ("status running, 3 rows", Self.with(everything) { $0.status = .running }),
            ("status failed, 10 %", Self.with(everything) { $0.status = .failed }),
            ("status killed, 20 old rows", Self.with(everything) { $0.status = .killed }),
            ("own and commands, status killed", .init(visibility: .ownAndCommands("user 7", common), status: .killed)),
            (
                "own and commands, status running",
                .init(visibility: .ownAndCommands("user 7", common), status: .running)
            ),
            ("own and commands, status failed", .init(visibility: .ownAndCommands("user 7", common), status: .failed)),
            ("own, status running", .init(visibility: .own("user 7"), status: .running)),
            ("own, status failed", .init(visibility: .own("user 7"), status: .failed)),
            ("own and commands, last page", .init(visibility: .ownAndCommands("user 7", common), page: 39_922)),
            ("own and commands, page 500", .init(visibility: .ownAndCommands("user 7", common), page: 500)),
            ("own and commands, page 20,000", .init(visibility: .ownAndCommands("user 7", common), page: 20_000)),
            ("a day", Self.with(everything) { ($0.from, $0.until) = (1_780_500_000, 1_780_586_400) }),
            ("half of all", Self.with(everything) { $0.until = 1_785_000_000 }),
            ("max_records 1000", Self.with(everything) { $0.maxRecords = 1000 }),
            (
                "own and commands, max_records 1000",
                .init(visibility: .ownAndCommands("user 7", common), maxRecords: 1000)
            ),
            (
                "text, common, exact to 10,000",
                Self.with(everything) { ($0.text, $0.exactUpTo) = ("number 7", ListHistory.exactUpTo) }
            ),
            ("text, common", Self.with(everything) { $0.text = "number 7" }),
            ("text, one row", Self.with(everything) { $0.text = "number 654321" }),
            ("text, 1000 rows", Self.with(everything) { $0.text = "r 654" }),
            ("text, two characters", Self.with(everything) { $0.text = "77" }),
            ("own and commands, text, 1000 rows", .init(visibility: .ownAndCommands("user 7", common), text: "r 654")),
            ("text, nowhere", Self.with(everything) { $0.text = "nowhere at all" }),
            ("uuid, a part", Self.with(everything) { $0.uuid = "0000001" }),
            ("sort by user", Self.with(everything) { $0.sort = .user }),
            ("sort by command", Self.with(everything) { $0.sort = .command }),
            ("sort by status", Self.with(everything) { $0.sort = .status }),
            ("sort by duration", Self.with(everything) { $0.sort = .duration }),
            ("sort by duration, ascending", Self.with(everything) { ($0.sort, $0.ascending) = (.duration, true) }),
            ("sort by status, ascending", Self.with(everything) { ($0.sort, $0.ascending) = (.status, true) }),
            ("sort by user, ascending", Self.with(everything) { ($0.sort, $0.ascending) = (.user, true) }),
        ]
        for (name, query) in cases {
            var best = Duration.seconds(1000)
            for _ in 0..<3 {
                best = min(best, try ContinuousClock().measure { _ = try store.history(query) })
            }
            let page = try store.history(query)
            print("measured \(Self.milliseconds(best)) ms  \(name) (\(page.total) rows)")
        }
        let users = try ContinuousClock().measure { _ = try store.users(.ownAndCommands("user 7", common)) }
        print("measured \(Self.milliseconds(users)) ms  users")
        let insert = try ContinuousClock().measure {
            for _ in 0..<100 { _ = try store.insert(.sample(), limit: RunningLimit(1_000_000)) }
        }
        print("measured \(Self.milliseconds(insert / 100)) ms  one insert")
    }

    private static func with(_ query: HistoryQuery, _ change: (inout HistoryQuery) -> Void) -> HistoryQuery {
        var query = query
        change(&query)
        return query
    }

    private static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return String(format: "%8.2f", Double(seconds) * 1000 + Double(attoseconds) / 1e15)
    }
}
