import Core
import SQLStore

/// The SELECT of one page of the history, in the form that is fastest for its query.
///
/// PostgreSQL chooses well among its indexes, except for "my own or one of these commands", because it cannot know how
/// far apart such rows lie. ``NewestRows`` finds them on pages that are not too deep.
struct HistoryStatement {
    let query: Query

    /// Numbers of rows, known before the page is read.
    struct Totals {
        /// Rows that match the query.
        var found: Int
        /// Rows with the status of the query; all rows if it has none.
        var candidates: Int

        /// The statements that count them.
        static func queries(_ query: HistoryQuery) -> [Query] {
            var values = Values()
            let found = Query.once(HistoryCondition(query, &values).count, values.all)
            guard query.mayBeBranched else { return [found] }
            values = Values()
            var status = HistoryQuery(visibility: .everything)
            status.status = query.status
            return [found, .once(HistoryCondition(status, &values).count, values.all)]
        }
    }

    /// Where one form becomes faster than another, measured on a million rows.
    struct Limits {
        /// Rows of all branches together up to which joining them is fast.
        var branched = 40_000
        /// Rows of one status up to which testing each of them is fast.
        var fewRows = 20_000
    }

    /// - Parameters:
    ///   - query: The query.
    ///   - page: Where the page lies.
    ///   - totals: Numbers of rows.
    ///   - limits: When to choose which form. Every form finds the same rows.
    ///   - now: Unix seconds. Running executions end here in an order by duration.
    init(_ query: HistoryQuery, page: PageWindow, totals: Totals, limits: Limits = Limits(), now: Int64) {
        var values = Values()
        let sql: String
        if query.mayBeBranched, Self.isBranched(query, page: page, totals: totals, limits: limits) {
            let newest = NewestRows(
                query.visibility, filtersOf: query, offset: page.offset, count: page.count,
                ascending: query.ascending != page.isFromTheEnd, &values)
            sql = """
                SELECT \(Execution.columns) FROM remotisan_executions
                WHERE id IN (SELECT id FROM (\(newest.sql)) AS newest)
                ORDER BY \(query.orderBy(isReversed: page.isFromTheEnd, now: now, &values))
                """
        } else {
            let condition = HistoryCondition(query, &values)
            let order = query.orderBy(isReversed: page.isFromTheEnd, now: now, &values)
            // Full rows are fetched only for the page. Skipped rows are read from the index alone.
            sql = """
                SELECT \(Execution.columns) FROM remotisan_executions WHERE id IN (
                    SELECT id FROM remotisan_executions WHERE \(condition.sql) ORDER BY \(order)
                    LIMIT \(values.add(Value(page.count))) OFFSET \(values.add(Value(page.offset)))
                ) ORDER BY \(order)
                """
        }
        self.query = .once(sql, values.all)
    }

    private static func isBranched(
        _ query: HistoryQuery, page: PageWindow, totals: Totals, limits: Limits
    ) -> Bool {
        guard case .ownAndCommands(_, let commands) = query.visibility else { return false }
        let reach = page.offset + page.count
        // Reading rows from the newest one reaches the page after this many rows, if they are evenly distributed.
        let apart = Int((Double(reach) * Double(totals.candidates) / Double(max(totals.found, 1))).rounded())
        if case .some = query.status { return min(totals.candidates, apart) > limits.fewRows }
        let branched = (commands.count + 1) * reach
        return branched <= limits.branched || branched <= apart
    }
}

extension HistoryQuery {
    /// Whether PostgreSQL may not find a fast plan for it.
    fileprivate var mayBeBranched: Bool {
        guard case .ownAndCommands(_, let commands) = visibility, !commands.isEmpty else { return false }
        return sort == .executedAt && user == nil && name == nil && maxRecords == nil
    }

    /// The terms of the ORDER BY clause.
    fileprivate func orderBy(isReversed: Bool, now: Int64, _ values: inout Values) -> String {
        order(isReversed: isReversed).map { key, isAscending in
            let direction = isAscending ? "ASC" : "DESC"
            switch key {
            case .command: return "command \(direction)"
            case .parameters: return "parameters \(direction)"
            // NULL comes before every name, as in SQLite. The other columns have no NULL.
            case .user: return "user_identifier \(direction) NULLS \(isAscending ? "FIRST" : "LAST")"
            case .status: return "process_status \(direction)"
            case .duration:
                let end = "coalesce(nullif(finished_at, 0), \(values.add(Value(now)))::bigint)"
                return "CASE WHEN \(Status.queued.condition) THEN 0 ELSE \(end) - executed_at END \(direction)"
            case .executedAt: return "executed_at \(direction)"
            case .id: return "id \(direction)"
            }
        }.joined(separator: ", ")
    }
}
