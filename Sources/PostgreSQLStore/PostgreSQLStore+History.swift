import Core
import SQLStore

extension PostgreSQLStore {
    package func history(_ query: HistoryQuery) throws(StoreError) -> HistoryPage {
        if query.matchesNothing { return HistoryPage(rows: [], total: 0) }
        return try use { connection throws(PostgreSQLError) in
            try connection.transaction { () throws(PostgreSQLError) in
                let begin = Query.once("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return try Self.page(of: query, begin: [begin], end: [.once("COMMIT")]) {
                    queries throws(PostgreSQLError) in
                    try connection.run(queries)
                }
            }
        }
    }

    /// Reads a page.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - limits: When to choose which form of the statement.
    ///   - begin: Statements before the first one.
    ///   - end: Statements after the last one, which run in its round trip.
    ///   - run: Runs statements in one round trip.
    static func page(
        of query: HistoryQuery, limits: HistoryStatement.Limits = .init(), begin: [Query] = [], end: [Query] = [],
        run: ([Query]) throws(PostgreSQLError) -> [QueryResult]
    ) throws(PostgreSQLError) -> HistoryPage {
        var begin = begin
        var hints = HistoryHints()
        if let probe = SearchProbe(query) {
            let found = try run(begin + [probe.query]).last?.rows.first?.integer(0) ?? 0
            hints.isTextFrequent = SearchProbe.isFrequent(found: found)
            begin = []
        }
        for filter in RareFilter.candidates(query) where hints.rare == nil {
            guard let probe = RareFilter.probe(filter, fewRows: limits.fewRows) else { continue }
            let rows = try run(begin + [probe]).last?.rows.first?.integer(0) ?? 0
            hints.rare = RareFilter(filter, rows: rows, fewRows: limits.fewRows)
            begin = []
        }
        let numbers = try run(begin + HistoryStatement.Totals.queries(query, hints: hints))
            .dropFirst(begin.count).map { $0.rows.first?.integer(0) ?? 0 }
        let found = numbers.first ?? 0
        let isExact = query.countLimit.map { found <= $0 } ?? true
        let total = min(found, query.countLimit ?? .max)
        guard
            let page = PageWindow(page: query.page, perPage: query.rowsPerPage, total: total, isExact: isExact)
        else {
            _ = try run(end)
            return HistoryPage(rows: [], total: total, isTotalExact: isExact)
        }
        let totals = HistoryStatement.Totals(
            found: total, isExact: isExact, candidates: numbers.dropFirst().first ?? total,
            visible: numbers.dropFirst(2).first ?? .max)
        var statement = HistoryStatement(
            query, page: page, totals: totals, limits: limits, now: Clock.seconds(), hints: hints)
        if let counts = HistoryStatement.groups(
            query, page: page, total: isExact ? total : .max, fewRows: limits.fewRows, hints: hints)
        {
            let groups = try run([counts]).flatMap(\.rows).map {
                (value: $0.text(0) ?? "", rows: $0.integer(1) ?? 0)
            }
            statement = HistoryStatement(query, page: page, groups: groups, hints: hints) ?? statement
        }
        let rows = try run([statement.query] + end).first?.rows.map { Execution($0) } ?? []
        return HistoryPage(
            rows: page.isFromTheEnd ? rows.reversed() : rows, total: total, isTotalExact: isExact)
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
