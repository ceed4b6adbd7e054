import Core
import GRDB
import SQLStore

extension SQLiteStore {
    /// Milliseconds for a search. The time of a search grows with the history and with the text that is searched for.
    static let searchTimeout: Int64 = 5000

    package func history(_ query: HistoryQuery) throws(StoreError) -> HistoryPage {
        try history(query, limits: .init(), fewCandidates: HistoryPlan.fewCandidates)
    }

    /// - Parameters:
    ///   - query: The query.
    ///   - limits: When to choose which form of the statement.
    ///   - fewCandidates: Candidates of a search up to which each is read.
    func history(
        _ query: HistoryQuery, limits: HistoryStatement.Limits, fewCandidates: Int
    ) throws(StoreError) -> HistoryPage {
        if query.matchesNothing { return HistoryPage(rows: [], total: 0) }
        return try readSnapshot { db in
            let limit = TimeLimit(on: db, milliseconds: Self.searchTimeout)
            defer { limit.end() }
            var plan = try HistoryPlan(query, in: db, fewCandidates: fewCandidates, fewRows: limits.fewRows)
            guard
                let page = PageWindow(
                    page: query.page, perPage: query.rowsPerPage, total: plan.total, isExact: plan.isTotalExact)
            else {
                return HistoryPage(rows: [], total: plan.total, isTotalExact: plan.isTotalExact)
            }
            try plan.choose(for: page, of: query, in: db)
            let statement = try HistoryStatement(
                query, page, total: plan.total, isTotalExact: plan.isTotalExact, among: plan.candidates, limits: limits,
                in: db)
            let rows = try Row.fetchAll(db.statement(statement.sql, for: query)).map { Execution($0) }
            return HistoryPage(
                rows: page.isFromTheEnd ? rows.reversed() : rows, total: plan.total, isTotalExact: plan.isTotalExact)
        }
    }

    package func indexSearch(atLeast count: Int, within milliseconds: Int64) throws(StoreError) -> Bool {
        let isDue = try read { try SearchIndex(in: $0)?.isMissing(atLeast: count, in: $0) ?? false }
        guard isDue else { return false }
        return try write { db in
            // Another process may have been faster.
            guard let index = try SearchIndex(in: db) else { return false }
            return try index.addMissing(in: db, within: milliseconds).isMissing(atLeast: count, in: db)
        }
    }

    package func searchState() throws(StoreError) -> SearchState {
        try read { db in
            guard let index = try SearchIndex(in: db) else {
                return .unindexed("This SQLite has no FTS5 with trigrams (version 3.34 or later)")
            }
            return .indexed(missing: try index.missing(in: db))
        }
    }

    package func counts() throws(StoreError) -> [ExecutionCount] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT command, process_status, sum(executions) FROM remotisan_counts
                    GROUP BY command, process_status ORDER BY command, process_status
                    """
            ).compactMap { ExecutionCount($0) }
        }
    }

    package func users(_ visibility: Visibility) throws(StoreError) -> [String] {
        try read { db in
            try SQLRequest<Row>(
                literal: """
                    SELECT user_identifier FROM remotisan_counts
                    WHERE executions > 0 AND user_identifier <> '' AND \(literal: HistoryCondition(visibility).sql)
                    GROUP BY user_identifier ORDER BY user_identifier
                    """
            ).fetchAll(db).compactMap { $0.text(0) }
        }
    }
}
