import Core
import GRDB
import SQLStore

/// The SELECT of one page of the history, in the form that is fastest for its query.
///
/// SQLite chooses well among its indexes, except for "my own or one of these commands", because it cannot know how far
/// apart such rows lie. ``NewestRows`` finds them on pages that are not too deep.
struct HistoryStatement {
    let sql: SQL

    /// Where one form becomes faster than another, measured on a million rows.
    struct Limits {
        /// Rows per branch up to which joining branches is fast.
        var deepest = 10_000
        /// Rows of one status up to which testing each of them is fast.
        var fewRows = 20_000
    }

    /// - Parameters:
    ///   - query: The query.
    ///   - page: Where the page lies.
    ///   - total: Number of rows that match the query.
    ///   - limits: When to choose which form. Every form finds the same rows.
    ///   - db: The database with the counts.
    init(
        _ query: HistoryQuery, _ page: PageWindow, total: Int, limits: Limits = Limits(), in db: Database
    ) throws {
        let order = SQL(sql: query.orderBy(isReversed: page.isFromTheEnd))
        let isByTime =
            query.sort == .executedAt && query.user == nil && query.name == nil && query.maxRecords == nil
        let reach = page.offset + page.count
        var isIndexed = true
        if isByTime, NewestRows.hasBranches(query.visibility) {
            if let status = query.status.flatMap({ $0 }) {
                // Reading rows of that status from the newest one reaches the page after this many rows.
                let rows = try Self.countRows(of: status, in: db)
                isIndexed = min(rows, reach * rows / max(total, 1)) > limits.fewRows
            } else {
                isIndexed = page.offset <= limits.deepest
            }
            if isIndexed, page.offset <= limits.deepest {
                let newest = NewestRows(
                    query.visibility, HistoryCondition(filtersOf: query), offset: page.offset, count: page.count,
                    ascending: query.ascending != page.isFromTheEnd)
                sql = """
                    SELECT \(sql: Execution.columns) FROM remotisan_executions
                    WHERE id IN (SELECT id FROM (\(literal: newest.sql))) ORDER BY \(literal: order)
                    """
                return
            }
        }
        sql = """
            SELECT \(sql: Execution.columns) FROM remotisan_executions
            WHERE \(literal: HistoryCondition(query, isIndexed: isIndexed).sql) ORDER BY \(literal: order)
            LIMIT \(page.count) OFFSET \(page.offset)
            """
    }

    private static func countRows(of status: Status, in db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT ifnull(sum(executions), 0) FROM remotisan_counts WHERE process_status = ?")
        return try Int.fetchOne(statement, arguments: [status.rawValue]) ?? 0
    }
}

extension HistoryQuery {
    /// The terms of the ORDER BY clause.
    fileprivate func orderBy(isReversed: Bool) -> String {
        order(isReversed: isReversed).map { key, isAscending in
            let column =
                switch key {
                case .command: "command"
                case .parameters: "parameters"
                case .user: "user_identifier"
                case .status: "process_status"
                case .duration:
                    "iif(\(Status.queued.condition), 0, ifnull(nullif(finished_at, 0), unixepoch()) - executed_at)"
                case .executedAt: "executed_at"
                case .id: "id"
                }
            return "\(column) \(isAscending ? "ASC" : "DESC")"
        }.joined(separator: ", ")
    }
}
