import Core
import GRDB

/// The SELECT of one page, in the form that is quick for its question.
///
/// SQLite chooses well among its indexes, except for "my own or one of these commands": it cannot know how far apart
/// such rows lie. ``NewestRows`` finds them where pages are not too deep.
struct HistoryStatement {
    let sql: String
    let arguments: StatementArguments

    /// Up to where which form is the quickest, measured on a million rows.
    struct Limits {
        /// Rows per branch up to which putting branches together is quick.
        var deepest = 10_000
        /// Rows of one status up to which looking at each of them is quick.
        var fewRows = 20_000
    }

    /// - Parameters:
    ///   - query: The question.
    ///   - page: Where the page lies.
    ///   - total: Rows that meet the question.
    ///   - limits: When to choose which form; every form finds the same rows.
    ///   - db: Where the counts are.
    init(
        _ query: HistoryQuery, _ page: PageWindow, total: Int, limits: Limits = Limits(), _ db: Database
    ) throws {
        let order = query.orderBy(isReversed: page.isFromTheEnd)
        let isByTime =
            query.sort == .executedAt && query.user == nil && query.name == nil && query.maxRecords == nil
        let reach = page.offset + page.count
        var isIndexed = true
        if isByTime, NewestRows.hasBranches(query.visibility) {
            if let status = query.status.flatMap({ $0 }) {
                // From the newest of that status on, the page is reached after so many.
                let rows = try Self.rows(of: status, db)
                isIndexed = min(rows, reach * rows / max(total, 1)) > limits.fewRows
            } else {
                isIndexed = page.offset <= limits.deepest
            }
            if isIndexed, page.offset <= limits.deepest {
                let newest = NewestRows(
                    query.visibility, HistoryCondition(filtersOf: query), offset: page.offset, count: page.count,
                    ascending: query.ascending != page.isFromTheEnd)
                sql = """
                    SELECT \(Execution.columns) FROM remotisan_executions
                    WHERE id IN (SELECT id FROM (\(newest.sql))) ORDER BY \(order)
                    """
                arguments = newest.arguments
                return
            }
        }
        let condition = HistoryCondition(query, isIndexed: isIndexed)
        sql = """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE \(condition.sql) ORDER BY \(order) LIMIT ? OFFSET ?
            """
        arguments = condition.arguments + [page.count, page.offset]
    }

    private static func rows(of status: Status, _ db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT ifnull(sum(executions), 0) FROM remotisan_counts WHERE process_status = ?")
        return try Int.fetchOne(statement, arguments: [status.rawValue]) ?? 0
    }
}

extension HistoryQuery {
    /// The ORDER BY clause.
    fileprivate func orderBy(isReversed: Bool) -> String {
        order(isReversed: isReversed).map { key, isAscending in
            let column =
                switch key {
                case .command: "command"
                case .parameters: "parameters"
                case .user: "user_identifier"
                case .status: "process_status"
                case .duration: "iif(process_status = 5, 0, ifnull(nullif(finished_at, 0), unixepoch()) - executed_at)"
                case .executedAt: "executed_at"
                case .id: "id"
                }
            return "\(column) \(isAscending ? "ASC" : "DESC")"
        }.joined(separator: ", ")
    }
}
