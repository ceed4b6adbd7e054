import Core
import SQLStore

/// The SELECT of one page, in the form that is quick for its question.
///
/// PostgreSQL chooses well among its indexes, except for "my own or one of these commands": it cannot know how far apart
/// such rows lie. ``NewestRows`` finds them where pages are not too deep.
struct HistoryStatement {
    let query: Query

    /// What is known of the table before the page is asked for.
    struct Totals {
        /// Rows that meet the question.
        var found: Int
        /// Rows of the status that is asked for; of all, where none is.
        var candidates: Int

        /// Where both stand, for a question.
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

    /// Up to where which form is the quickest, measured on a million rows.
    struct Limits {
        /// Rows of all branches together up to which putting them together is quick, wherever they lie.
        var branched = 40_000
        /// Rows of one status up to which looking at each of them is quick.
        var fewRows = 20_000
    }

    /// - Parameters:
    ///   - query: The question.
    ///   - page: Where the page lies.
    ///   - totals: What is known.
    ///   - limits: When to choose which form; every form finds the same rows.
    ///   - now: Unix seconds, the end of what still runs.
    init(_ query: HistoryQuery, _ page: PageWindow, _ totals: Totals, limits: Limits = Limits(), now: Int64) {
        var values = Values()
        let sql: String
        if query.mayBeBranched, Self.isBranched(query, page, totals, limits) {
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

    private static func isBranched(
        _ query: HistoryQuery, _ page: PageWindow, _ totals: Totals, _ limits: Limits
    ) -> Bool {
        guard case .ownAndCommands(_, let commands) = query.visibility else { return false }
        let reach = page.offset + page.count
        // Read one by one from the newest on, the page is reached after so many, if they lie evenly.
        let apart = Int((Double(reach) * Double(totals.candidates) / Double(max(totals.found, 1))).rounded())
        if case .some = query.status { return min(totals.candidates, apart) > limits.fewRows }
        let branched = (commands.count + 1) * reach
        return branched <= limits.branched || branched <= apart
    }
}

extension HistoryQuery {
    /// Whether it is one that PostgreSQL may not find a quick way for.
    fileprivate var mayBeBranched: Bool {
        guard case .ownAndCommands(_, let commands) = visibility, !commands.isEmpty else { return false }
        return sort == .executedAt && user == nil && name == nil && maxRecords == nil
    }

    /// The ORDER BY clause.
    fileprivate func orderBy(isReversed: Bool, now: Int64, _ values: inout Values) -> String {
        order(isReversed: isReversed).map { key, isAscending in
            let direction = isAscending ? "ASC" : "DESC"
            switch key {
            case .command: return "command \(direction)"
            case .parameters: return "parameters \(direction)"
            // Nobody comes before every name, as in SQLite; the other columns have no null.
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
