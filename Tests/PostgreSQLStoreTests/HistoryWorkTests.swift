import Core
import Foundation
import TestSupport
import Testing

@testable import PostgreSQLStore

struct HistoryWorkTests {
    @Test func `no query of the history reads or sorts all executions`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql(
            """
            INSERT INTO remotisan_executions
                (job_uuid, server_uuid, user_identifier, command, parameters, executed_at, finished_at, process_status)
            SELECT lpad(to_hex(\(HistoryWork.uuidNumber)), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(i), 12, '0'), 's',
                \(HistoryWork.columns)
            FROM generate_series(1, \(HistoryWork.rows)::bigint) AS n (i)
            """)
        try temporary.store.register(.sample())
        // The server does the same within a minute.
        try temporary.sql("VACUUM ANALYZE")
        try HistoryWork.check(HistoryWork.cases, stepsPerRow: 6, where: Self.isPlanned) {
            try Self.measure($0, in: temporary.store)
        }
        try temporary.sql(
            """
            UPDATE remotisan_executions SET server_uuid = \(HistoryWork.instance(ofRow: "id")),
                token_id = \(HistoryWork.token(ofRow: "id"))
            """)
        try temporary.sql("VACUUM (FULL, ANALYZE) remotisan_executions")
        try HistoryWork.check(HistoryWork.detailCases, stepsPerRow: 6, where: Self.isDetailPlanned) {
            try Self.measure($0, in: temporary.store)
        }
    }

    private static func measure(
        _ query: HistoryQuery, in store: PostgreSQLStore
    ) throws -> (page: HistoryPage, steps: Int) {
        try store.use { connection throws(PostgreSQLError) in
            var steps = 0
            let page = try PostgreSQLStore.page(
                of: query, limits: .init(fewRows: 1000), begin: [.once("BEGIN")], end: [.once("COMMIT")]
            ) {
                queries throws(PostgreSQLError) in
                var answers: [QueryResult] = []
                for query in queries {
                    if query.sql.hasPrefix("SELECT") || query.sql.hasPrefix("WITH") {
                        steps += try Self.rows(of: query, on: connection)
                    }
                    answers += try connection.run([query])
                }
                return answers
            }
            return (page, steps)
        }
    }

    @Test(arguments: [0, Int.max])
    func `a page is the same in the forms for few and for many rows`(_ joined: Int) throws {
        let temporary = try TemporaryStore()
        try HistoryForms.check(temporary.store) { query in
            try temporary.store.use { connection throws(PostgreSQLError) in
                try PostgreSQLStore.page(
                    of: query, limits: .init(joined: joined, fewRows: 0, sorted: 0, sparsest: 1000),
                    begin: [.once("BEGIN")], end: [.once("COMMIT")]
                ) { queries throws(PostgreSQLError) in try connection.run(queries) }
            }
        }
    }

    /// Whether the store says how a query is read. The planner decides alone about a frequent text and a long time
    /// together with another filter or order.
    private static func isPlanned(_ query: HistoryQuery) -> Bool {
        let isLong = query.text == "number" || (query.from == nil) != (query.until == nil)
        guard isLong else { return true }
        var other = query
        (other.text, other.exactUpTo, other.from, other.until) = (nil, nil, nil, nil)
        return other == HistoryQuery(visibility: query.visibility)
    }

    /// The same for filters by a detail. The planner decides alone if many rows meet it.
    private static func isDetailPlanned(_ query: HistoryQuery) -> Bool {
        if query.duration?.least == HistoryWork.rareDuration || query.token == .token(HistoryWork.rareToken) {
            return true
        }
        var other = query
        (other.token, other.instance, other.duration, other.exactUpTo) = (nil, nil, nil, nil)
        return other == HistoryQuery(visibility: .everything)
    }

    /// The number of rows that all nodes of the plan read, returned or rejected.
    private static func rows(of query: Query, on connection: Connection) throws(PostgreSQLError) -> Int {
        let answer = try connection.run([
            .once("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) \(query.sql)", query.values)
        ])
        let text = answer.first?.rows.first?.text(0) ?? ""
        guard let plans = try? JSONDecoder().decode([Explained].self, from: Data(text.utf8)) else {
            throw PostgreSQLError("a plan that cannot be read: \(text)")
        }
        return plans.map(\.plan.rows).reduce(0, +)
    }

    /// The answer of EXPLAIN (FORMAT JSON).
    private struct Explained: Decodable {
        let plan: Node

        enum CodingKeys: String, CodingKey {
            case plan = "Plan"
        }
    }

    private struct Node: Decodable {
        let loops: Double
        let returned: Double
        let rejected: Double?
        let rejectedByRecheck: Double?
        let nodes: [Node]?

        enum CodingKeys: String, CodingKey {
            case loops = "Actual Loops"
            case returned = "Actual Rows"
            case rejected = "Rows Removed by Filter"
            case rejectedByRecheck = "Rows Removed by Index Recheck"
            case nodes = "Plans"
        }

        var rows: Int {
            let own = loops * (returned + (rejected ?? 0) + (rejectedByRecheck ?? 0))
            return Int(own) + (nodes ?? []).map(\.rows).reduce(0, +)
        }
    }
}
