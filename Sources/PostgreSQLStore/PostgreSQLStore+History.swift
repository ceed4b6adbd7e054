import Core
import SQLStore

extension PostgreSQLStore {
    package func history(_ query: HistoryQuery) throws(StoreError) -> HistoryPage {
        if query.matchesNothing { return HistoryPage(rows: [], total: 0) }
        let totals = HistoryStatement.Totals.queries(query)
        return try use { connection throws(PostgreSQLError) in
            try connection.transaction { () throws(PostgreSQLError) in
                let begin = Query.once("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                let numbers = try connection.run([begin] + totals).map { $0.rows.first?.integer(0) ?? 0 }
                let isExact = query.countLimit.map { numbers[1] <= $0 } ?? true
                let total = min(numbers[1], query.countLimit ?? .max)
                guard
                    let page = PageWindow(
                        page: query.page, perPage: query.rowsPerPage, total: total, isExact: isExact)
                else {
                    _ = try connection.run([.once("COMMIT")])
                    return HistoryPage(rows: [], total: total, isTotalExact: isExact)
                }
                var statement = HistoryStatement(
                    query, page: page, totals: .init(found: total, candidates: numbers.last ?? total),
                    now: Clock.seconds())
                if let counts = HistoryStatement.groups(query, isReversed: page.isFromTheEnd) {
                    let groups = try connection.run([counts]).flatMap(\.rows).map {
                        (value: $0.text(0) ?? "", rows: $0.integer(1) ?? 0)
                    }
                    statement = HistoryStatement(query, page: page, groups: groups) ?? statement
                }
                let rows =
                    try connection.run([statement.query, .once("COMMIT")]).first?.rows.map { Execution($0) } ?? []
                return HistoryPage(
                    rows: page.isFromTheEnd ? rows.reversed() : rows, total: total, isTotalExact: isExact)
            }
        }
    }

    /// PostgreSQL itself keeps the index up to date.
    package func indexSearch(atLeast count: Int, within milliseconds: Int64) throws(StoreError) -> Bool { false }

    package func searchState() throws(StoreError) -> SearchState {
        try use { connection throws(PostgreSQLError) in try SearchIndexes.state(connection) }
    }

    package func counts() throws(StoreError) -> [ExecutionCount] {
        try run(
            """
            SELECT command, process_status, sum(executions) FROM remotisan_counted
            GROUP BY command, process_status ORDER BY command, process_status
            """
        ).rows.compactMap { ExecutionCount($0) }
    }

    package func users(_ visibility: Visibility) throws(StoreError) -> [String] {
        var values = Values()
        let condition = HistoryCondition(visibility, &values)
        let query = Query.once(
            """
            SELECT user_identifier FROM remotisan_counted
            WHERE user_identifier <> '' AND \(condition.sql)
            GROUP BY user_identifier HAVING sum(executions) > 0 ORDER BY user_identifier
            """, values.all)
        return try run(query).flatMap(\.rows).compactMap { $0.text(0) }
    }
}
