import Core

/// The SELECT of one page, in the form that is quick for its question.
struct HistoryStatement {
    let query: Query

    /// Up to where which form is the quickest, measured on a million rows.
    struct Limits {
        /// Rows per branch up to which putting branches together is quick.
        var deepest = 10_000
    }

    /// - Parameters:
    ///   - query: The question.
    ///   - page: Where the page lies.
    ///   - limits: When to choose which form; every form finds the same rows.
    ///   - now: Unix seconds, the end of what still runs.
    init(_ query: HistoryQuery, _ page: PageWindow, limits: Limits = Limits(), now: Int64) {
        var values = Values()
        let sql: String
        if query.sort == .executedAt, query.user == nil, query.name == nil, query.maxRecords == nil,
            case .ownAndCommands = query.visibility, page.offset <= limits.deepest
        {
            let newest = NewestRows(
                query.visibility, filtersOf: query, offset: page.offset, count: page.count,
                ascending: query.ascending != page.isFromTheEnd, &values)
            sql = """
                SELECT \(Execution.columns) FROM remotisan_executions
                WHERE id IN (SELECT id FROM (\(newest.sql)) AS newest)
                ORDER BY \(query.order(isReversed: page.isFromTheEnd, now: now, &values))
                """
        } else {
            let condition = HistoryCondition(query, &values)
            let order = query.order(isReversed: page.isFromTheEnd, now: now, &values)
            // The rows themselves are fetched when it is known which: those that are passed over only by their index.
            sql = """
                SELECT \(Execution.columns) FROM remotisan_executions WHERE id IN (
                    SELECT id FROM remotisan_executions WHERE \(condition.sql) ORDER BY \(order)
                    LIMIT \(values.add(Value(page.count))) OFFSET \(values.add(Value(page.offset)))
                ) ORDER BY \(order)
                """
        }
        self.query = .once(sql, values.all)
    }
}

extension HistoryQuery {
    /// The ORDER BY clause. Rows alike in the chosen order come newest first; an order by time is turned as a whole.
    fileprivate func order(isReversed: Bool, now: Int64, _ values: inout Values) -> String {
        let chosen: [String] =
            switch sort {
            case .executedAt: []
            case .command: ["command", "parameters"]
            case .user: ["user_identifier"]
            case .status: ["process_status"]
            case .duration:
                ["coalesce(nullif(finished_at, 0), \(values.add(Value(now)))::bigint) - executed_at"]
            }
        let isTimeAscending = sort == .executedAt && ascending
        // No value comes before every other, as in SQLite.
        let keys =
            chosen.map { ($0, ascending, true) } + ["executed_at", "id"].map { ($0, isTimeAscending, false) }
        return keys.map { key, ascending, mayBeNull in
            let isAscending = ascending != isReversed
            let nulls = mayBeNull ? (isAscending ? " NULLS FIRST" : " NULLS LAST") : ""
            return "\(key) \(isAscending ? "ASC" : "DESC")\(nulls)"
        }.joined(separator: ", ")
    }
}
