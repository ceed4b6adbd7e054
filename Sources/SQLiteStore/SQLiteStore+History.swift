import Core
import GRDB
import SQLStore

extension SQLiteStore {
    /// Milliseconds for a search. The time of a search grows with the history and with the text that is searched for.
    private static let searchTimeout: Int64 = 5000

    package func history(_ query: HistoryQuery) throws(StoreError) -> HistoryPage {
        if query.matchesNothing { return HistoryPage(rows: [], total: 0) }
        return try readSnapshot { db in
            let limit = TimeLimit(on: db, milliseconds: Self.searchTimeout)
            defer { limit.end() }
            let total = try HistoryCondition(query).count(db)
            guard let page = PageWindow(page: query.page, perPage: query.rowsPerPage, total: total) else {
                return HistoryPage(rows: [], total: total)
            }
            let statement = try HistoryStatement(query, page, total: total, in: db)
            let rows = try SQLRequest<Row>(literal: statement.sql).fetchAll(db).map { Execution($0) }
            return HistoryPage(rows: page.isFromTheEnd ? rows.reversed() : rows, total: total)
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
