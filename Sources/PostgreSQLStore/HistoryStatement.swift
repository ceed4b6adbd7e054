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
            let limit = query.countLimit.map { $0 + 1 }
            let found = Query.once(HistoryCondition(query, &values).count(upTo: limit), values.all)
            guard query.mayBeBranched || query.sort == .duration else { return [found] }
            values = Values()
            var status = HistoryQuery(visibility: .everything)
            status.status = query.status
            return [found, .once(HistoryCondition(status, &values).count(), values.all)]
        }
    }

    /// Where one form becomes faster than another, measured on a million rows.
    struct Limits {
        /// Rows of all branches together up to which joining them is fast.
        var branched = 40_000
        /// Rows of one status up to which testing each of them is fast.
        var fewRows = 20_000
        /// Rows up to which an order by duration finds them first.
        var deepest = 10_000
        /// How many rows an order by duration reads for each that it finds, up to which that is fast.
        var sparsest = 50
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
                ORDER BY \(query.orderBy(isReversed: page.isFromTheEnd, duration: ""))
                """
        } else if query.sort == .duration, page.offset <= limits.deepest, query.maxRecords == nil,
            totals.found * limits.sparsest >= totals.candidates
        {
            let condition = HistoryCondition(query, &values).sql
            let time = values.add(Value(now))
            let reach = values.add(Value(page.offset + page.count))
            let order = { query.orderBy(isReversed: page.isFromTheEnd, duration: $0) }
            let first = DurationOrder.select(
                { _ in condition }, order: order, now: time, reach: reach,
                place: "LIMIT \(values.add(Value(page.count))) OFFSET \(values.add(Value(page.offset)))")
            sql = """
                SELECT \(Execution.columns) FROM remotisan_executions WHERE id IN (\(first))
                ORDER BY \(order(DurationOrder.duration(now: time)))
                """
        } else {
            let condition = HistoryCondition(query, &values)
            let duration = query.sort == .duration ? DurationOrder.duration(now: values.add(Value(now))) : ""
            let order = query.orderBy(isReversed: page.isFromTheEnd, duration: duration)
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
        // The index of a search finds few rows at once.
        if query.isSearch, totals.found <= limits.fewRows { return false }
        let reach = page.offset + page.count
        // Reading rows from the newest one reaches the page after this many rows, if they are evenly distributed.
        let apart = Int((Double(reach) * Double(totals.candidates) / Double(max(totals.found, 1))).rounded())
        if case .some = query.status { return min(totals.candidates, apart) > limits.fewRows }
        let branched = (commands.count + 1) * reach
        return branched <= limits.branched || branched <= apart
    }
}

/// An order by status or user, group by group.
extension HistoryStatement {
    /// The statement that counts the rows of each group; nil if it had to read them.
    static func groups(_ query: HistoryQuery, isReversed: Bool) -> Query? {
        guard let column = query.groupColumn else { return nil }
        var values = Values()
        let condition = HistoryCondition(query, &values)
        guard condition.isCounted else { return nil }
        return .once(
            """
            SELECT \(column), sum(executions) FROM remotisan_counted WHERE \(condition.sql)
            GROUP BY 1 ORDER BY 1 \(query.ascending != isReversed ? "ASC" : "DESC")
            """, values.all)
    }

    /// Nil if the counts cannot tell the groups apart: they have no difference between a missing user and one with an
    /// empty name.
    init?(_ query: HistoryQuery, page: PageWindow, groups: [(value: String, rows: Int)]) {
        let slices = GroupSlice.slices(of: page, groups)
        guard let column = query.groupColumn, !slices.isEmpty, !slices.contains(where: { $0.value.isEmpty }) else {
            return nil
        }
        var values = Values()
        let condition = HistoryCondition(query, &values).sql
        let time = page.isFromTheEnd ? "executed_at ASC, id ASC" : "executed_at DESC, id DESC"
        let selects = slices.map { slice in
            """
            (SELECT id FROM remotisan_executions WHERE \(column) = \(values.add(Value(slice.value))) AND \(condition)
                ORDER BY \(time) LIMIT \(slice.count) OFFSET \(slice.offset))
            """
        }
        let order = query.orderBy(isReversed: page.isFromTheEnd, duration: "")
        self.query = .once(
            """
            SELECT \(Execution.columns) FROM remotisan_executions
            WHERE id IN (\(selects.joined(separator: " UNION ALL "))) ORDER BY \(order)
            """, values.all)
    }
}

extension HistoryQuery {
    /// Whether PostgreSQL may not find a fast plan for it.
    fileprivate var mayBeBranched: Bool {
        guard case .ownAndCommands(_, let commands) = visibility, !commands.isEmpty else { return false }
        return isByTime
    }

    /// The terms of the ORDER BY clause.
    ///
    /// - Parameter duration: The expression of the duration, if the order is by duration.
    func orderBy(isReversed: Bool, duration: String) -> String {
        order(isReversed: isReversed).map { key, isAscending in
            let direction = isAscending ? "ASC" : "DESC"
            // NULL comes before every name, as in SQLite. The other columns have no NULL.
            let nulls = key == .user ? " NULLS \(isAscending ? "FIRST" : "LAST")" : ""
            return "\(key.column(duration: duration)) \(direction)\(nulls)"
        }.joined(separator: ", ")
    }
}
