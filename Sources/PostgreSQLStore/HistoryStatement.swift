import Core
import SQLStore

/// The SELECT of one page of the history, in the form that is fastest for its query.
///
/// PostgreSQL chooses well among its indexes, except for "my own or one of these commands", because it cannot know how
/// far apart such rows lie. ``NewestRows`` finds them.
struct HistoryStatement {
    let query: Query

    /// Numbers of rows, known before the page is read.
    struct Totals {
        /// Rows that match the query.
        var found: Int
        /// Whether there are not more of them.
        var isExact = true
        /// Rows with the status of the query; all rows if it has none.
        var candidates: Int
        /// Rows that the person may see, of any status.
        var visible = Int.max

        /// The statements that count them.
        ///
        /// - Parameters:
        ///   - query: The query.
        ///   - hints: What is known of its rows.
        static func queries(_ query: HistoryQuery, hints: HistoryHints = .init()) -> [Query] {
            var values = Values(hints: hints)
            let limit = query.countLimit.map { $0 + 1 }
            let found = Query.once(HistoryCondition(query, &values).count(upTo: limit), values.all)
            guard query.mayBeBranched || query.sort == .duration else { return [found] }
            values = Values()
            var status = HistoryQuery(visibility: .everything)
            status.status = query.status
            let candidates = Query.once(HistoryCondition(status, &values).count(), values.all)
            guard query.mayBeBranched, query.status != nil else { return [found, candidates] }
            values = Values()
            return [found, candidates, .once(HistoryCondition(query.visibility, &values).count(), values.all)]
        }
    }

    /// Where one form becomes faster than another, measured on a million rows.
    struct Limits {
        /// Rows of all branches together up to which joining them is faster than making a plan for each branch.
        var joined = 2000
        /// Number of commands up to which their branches are merged. Each takes some time for its plan.
        var merged = 200
        /// Rows of all branches together up to which joining them is fast.
        var branched = 40_000
        /// Rows of one status up to which testing each of them is fast.
        var fewRows = 20_000
        /// Rows up to which finding all and sorting them is fast.
        var sorted = 2000
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
    ///   - hints: What is known of its rows.
    init(
        _ query: HistoryQuery, page: PageWindow, totals: Totals, limits: Limits = Limits(), now: Int64,
        hints: HistoryHints = .init()
    ) {
        var values = Values(hints: hints)
        let sql: String
        let isOfFew = query.isOfSomeCommands && totals.isExact && totals.found <= limits.sorted
        if query.maxRecords == nil, isOfFew || hints.rare != nil {
            // Without the CTE, PostgreSQL may read all rows in the order of the page until it has found enough.
            let condition = HistoryCondition(query, &values).sql
            let duration = query.sort == .duration ? DurationOrder.duration(now: values.add(Value(now))) : ""
            let order = query.orderBy(isReversed: page.isFromTheEnd, duration: duration)
            sql = """
                WITH found AS MATERIALIZED (
                    SELECT \(Execution.columns) FROM remotisan_executions WHERE \(condition)
                )
                SELECT \(Execution.columns) FROM found ORDER BY \(order)
                LIMIT \(values.add(Value(page.count))) OFFSET \(values.add(Value(page.offset)))
                """
        } else if let form = Self.form(query, page: page, totals: totals, limits: limits) {
            let newest = NewestRows(
                query.visibility, filtersOf: query, offset: page.offset, count: page.count,
                ascending: query.ascending != page.isFromTheEnd, as: form, &values)
            sql = """
                SELECT \(Execution.columns) FROM remotisan_executions
                WHERE id IN (SELECT id FROM (\(newest.sql)) AS newest)
                ORDER BY \(query.orderBy(isReversed: page.isFromTheEnd, duration: ""))
                """
        } else if query.sort == .duration, page.offset <= limits.deepest, query.maxRecords == nil,
            !totals.isExact || totals.found * limits.sparsest >= totals.candidates
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

    /// How the rows of branches are put together; nil if there are none.
    private static func form(
        _ query: HistoryQuery, page: PageWindow, totals: Totals, limits: Limits
    ) -> NewestRows.Form? {
        guard query.mayBeBranched, case .ownAndCommands(_, let commands) = query.visibility else { return nil }
        // The index of a search finds few rows at once.
        if query.isSearch, totals.found <= limits.fewRows { return nil }
        let reach = page.offset + page.count
        let branched = (commands.count + 1) * reach
        let form: NewestRows.Form =
            branched > limits.joined && commands.count <= limits.merged ? .merged : .joined
        // Reading rows from the newest one reaches the page after this many rows, if they are evenly distributed.
        let apart = Int((Double(reach) * Double(totals.candidates) / Double(max(totals.found, 1))).rounded())
        if case .some = query.status {
            let isFar = min(totals.candidates, apart) > limits.fewRows
            guard isFar || totals.candidates > totals.visible else { return nil }
            return form == .merged || branched <= limits.branched ? form : nil
        }
        return form == .merged || branched <= limits.branched || branched <= apart ? form : nil
    }
}

/// An order by status or user, group by group.
extension HistoryStatement {
    /// The statement that counts the rows of each group; nil if another form is as fast.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - page: Where the page lies. Rows of a group after it are not counted.
    ///   - total: Number of rows that match the query.
    ///   - fewRows: Rows up to which sorting all of them is fast.
    ///   - hints: What is known of its rows.
    static func groups(
        _ query: HistoryQuery, page: PageWindow, total: Int, fewRows: Int = Limits().fewRows,
        hints: HistoryHints = .init()
    ) -> Query? {
        guard let column = query.groupColumn, total > fewRows, query.maxRecords == nil, hints.rare == nil else {
            return nil
        }
        var values = Values(hints: hints)
        let condition = HistoryCondition(query, &values)
        let direction = query.ascending != page.isFromTheEnd ? "ASC" : "DESC"
        if condition.isCounted {
            return .once(
                """
                SELECT \(column), sum(executions) FROM remotisan_counted WHERE \(condition.sql)
                GROUP BY 1 ORDER BY 1 \(direction)
                """, values.all)
        }
        let reach = values.add(Value(page.offset + page.count))
        let count = { (isInGroup: String) in
            """
            (SELECT count(*) FROM (
                SELECT FROM remotisan_executions WHERE \(isInGroup) AND \(condition.sql) LIMIT \(reach)
            ) AS counted)
            """
        }
        let missing =
            column == "user_identifier" ? "CASE value WHEN '' THEN \(count("\(column) IS NULL")) ELSE 0 END" : "0"
        return .once(
            """
            SELECT value, \(count("\(column) = value")) + \(missing)
            FROM (SELECT DISTINCT \(column) AS value FROM remotisan_counted) AS groups ORDER BY value \(direction)
            """, values.all)
    }

    /// Nil if the counts cannot tell the groups apart: they have no difference between a missing user and one with an
    /// empty name.
    init?(
        _ query: HistoryQuery, page: PageWindow, groups: [(value: String, rows: Int)], hints: HistoryHints = .init()
    ) {
        let slices = GroupSlice.slices(of: page, groups)
        guard let column = query.groupColumn, slices.map(\.count).reduce(0, +) == page.count,
            !slices.contains(where: { $0.value.isEmpty })
        else { return nil }
        var values = Values(hints: hints)
        let inGroup = query.orderBy(isReversed: page.isFromTheEnd, after: 1, duration: "")
        let whole = query.sort == .command ? "" : HistoryCondition(query, &values).sql
        let selects = slices.map { slice in
            let condition =
                query.sort == .command
                ? HistoryCondition(query.ofCommand(slice.value), &values).sql
                : "\(column) = \(values.add(Value(slice.value))) AND \(whole)"
            return """
                (SELECT id FROM remotisan_executions WHERE \(condition)
                    ORDER BY \(inGroup) LIMIT \(slice.count) OFFSET \(slice.offset))
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
    fileprivate var mayBeBranched: Bool { isOfSomeCommands && isByTime }

    /// Whether the person may see some commands.
    fileprivate var isOfSomeCommands: Bool {
        guard case .ownAndCommands(_, let commands) = visibility else { return false }
        return !commands.isEmpty
    }

    /// The terms of the ORDER BY clause.
    ///
    /// - Parameters:
    ///   - isReversed: Whether the page is read from the end.
    ///   - skipped: Number of first columns that are the same in all rows.
    ///   - duration: The expression of the duration, if the order is by duration.
    func orderBy(isReversed: Bool, after skipped: Int = 0, duration: String) -> String {
        order(isReversed: isReversed).dropFirst(skipped).map { key, isAscending in
            let direction = isAscending ? "ASC" : "DESC"
            // NULL comes before every name, as in SQLite. The other columns have no NULL.
            let nulls = key == .user ? " NULLS \(isAscending ? "FIRST" : "LAST")" : ""
            // The beginning of a text is in the same order as the text.
            let first = key == .parameters ? "\(LaterIndex.beginningOfParameters) \(direction), " : ""
            return "\(first)\(key.column(duration: duration)) \(direction)\(nulls)"
        }.joined(separator: ", ")
    }
}
