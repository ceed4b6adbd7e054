import Core
import GRDB
import SQLStore

/// The SELECT of one page of the history, in the form that is fastest for its query.
///
/// SQLite chooses well among its indexes, except for "my own or one of these commands", because it cannot know how far
/// apart such rows lie. ``NewestRows`` finds them.
struct HistoryStatement {
    let sql: SQL

    /// Where one form becomes faster than another, measured on a million rows.
    struct Limits {
        /// Rows of one status, token or running time up to which testing each of them is fast.
        var fewRows = 20_000
        /// How many rows an order by duration may read in that order, for each that it would sort otherwise.
        var inOrder = 1
    }

    /// - Parameters:
    ///   - query: The query.
    ///   - page: Where the page lies.
    ///   - total: Number of rows that match the query.
    ///   - isTotalExact: Whether there are not more rows than that.
    ///   - candidates: The rows among which a search looks; nil to look at all.
    ///   - limits: When to choose which form. Every form finds the same rows.
    ///   - db: The database with the counts.
    init(
        _ query: HistoryQuery, _ page: PageWindow, total: Int, isTotalExact: Bool = true,
        among candidates: SearchCandidates? = nil, limits: Limits = Limits(), in db: Database
    ) throws {
        let order = SQL(sql: query.orderBy(isReversed: page.isFromTheEnd))
        let reach = page.offset + page.count
        var indexes = try HistoryCondition.indexes(
            for: query, total: isTotalExact ? total : nil, fewRows: limits.fewRows, in: db)
        if let candidates {
            sql = """
                SELECT \(sql: Execution.columns) FROM \(literal: candidates.from)
                WHERE \(literal: HistoryCondition(query, by: .none).sql) ORDER BY \(literal: order)
                LIMIT \(page.count) OFFSET \(page.offset)
                """
            return
        }
        if case .rare = indexes {
            sql = Self.page(query, page, by: indexes, order: order)
            return
        }
        if query.sort == .duration, query.maxRecords == nil,
            // Reading rows in that order reaches the page after so many rows, if they are evenly distributed.
            try !isTotalExact || reach * HistoryCondition.countRows(of: nil, in: db) <= limits.inOrder * total * total
        {
            let condition = HistoryCondition(query, by: .none).sql
            let first = DurationOrder.select(
                { _ in condition }, order: { query.orderBy(isReversed: page.isFromTheEnd, duration: $0) },
                offset: page.offset, count: page.count)
            sql = """
                SELECT \(sql: Execution.columns) FROM remotisan_executions
                WHERE id IN (\(literal: first)) ORDER BY \(literal: order)
                """
            return
        }
        if let slices = try Self.slices(
            query, page, total: isTotalExact ? total : .max, limits: limits, in: db)
        {
            sql = """
                SELECT \(sql: Execution.columns) FROM remotisan_executions
                WHERE id IN (\(literal: slices)) ORDER BY \(literal: order)
                """
            return
        }
        if query.isByTime, NewestRows.hasBranches(query.visibility) {
            if indexes != .filters {
                let newest = NewestRows(
                    query.visibility, HistoryCondition(filtersOf: query), offset: page.offset, count: page.count,
                    ascending: query.ascending != page.isFromTheEnd)
                sql = """
                    SELECT \(sql: Execution.columns) FROM remotisan_executions
                    WHERE id IN (SELECT id FROM (\(literal: newest.sql))) ORDER BY \(literal: order)
                    """
                return
            }
        } else if query.isByTime, case .ownAndCommands = query.visibility {
            // Few rows are found and sorted. Many lie close together.
            if !isTotalExact || total > limits.fewRows { indexes = .filters }
        }
        sql = Self.page(query, page, by: indexes, order: order)
    }

    /// The SELECT for which SQLite itself chooses among some indexes.
    private static func page(
        _ query: HistoryQuery, _ page: PageWindow, by indexes: HistoryCondition.Indexes, order: SQL
    ) -> SQL {
        """
        SELECT \(sql: Execution.columns) FROM remotisan_executions
        WHERE \(literal: HistoryCondition(query, by: indexes).sql) ORDER BY \(literal: order)
        LIMIT \(page.count) OFFSET \(page.offset)
        """
    }

    /// A SELECT of the numbers of the rows in an order by status, user or command, group by group; nil if another form
    /// is as fast.
    private static func slices(
        _ query: HistoryQuery, _ page: PageWindow, total: Int, limits: Limits, in db: Database
    ) throws -> SQL? {
        guard let column = query.groupColumn.map({ SQL(sql: $0) }), total > limits.fewRows, query.maxRecords == nil
        else { return nil }
        let condition = HistoryCondition(query)
        // Each row is tested, because the index of the group is the one to read.
        let tested = HistoryCondition(query, by: .times).sql
        let direction = query.ascending != page.isFromTheEnd ? "ASC" : "DESC"
        // The sum is of no use if the table does not count what the query asks for.
        var groups = try SQLRequest<Row>(
            literal: """
                SELECT \(literal: column), sum(executions) FROM remotisan_counts
                WHERE \(literal: condition.isCounted ? condition.sql : "executions > 0")
                GROUP BY 1 ORDER BY 1 \(sql: direction)
                """
        ).fetchAll(db).map { (value: $0[0] as DatabaseValue, rows: $0.integer(1) ?? 0) }
        if !condition.isCounted {
            let values = groups.map(\.value)
            groups = []
            var rest = page.offset + page.count
            for value in values where rest > 0 {
                let isInGroup: SQL = value == "".databaseValue ? "\(literal: column) IS NULL OR " : ""
                let rows =
                    try SQLRequest<Int>(
                        literal: """
                            SELECT count(*) FROM (
                                SELECT 1 FROM remotisan_executions
                                WHERE (\(literal: isInGroup)\(literal: column) = \(value)) AND \(literal: tested)
                                LIMIT \(rest)
                            )
                            """
                    ).fetchOne(db) ?? 0
                groups.append((value, rows))
                rest -= rows
            }
        }
        let slices = GroupSlice.slices(of: page, groups)
        // The counts do not tell a missing user from one with an empty name.
        let isWhole = slices.map(\.count).reduce(0, +) == page.count
        guard isWhole, !slices.contains(where: { $0.value == "".databaseValue }) else { return nil }
        let order = query.orderBy(isReversed: page.isFromTheEnd, after: 1)
        let selects = slices.map { slice -> SQL in
            let condition: SQL =
                if query.sort == .command, let command = String.fromDatabaseValue(slice.value) {
                    HistoryCondition(query.ofCommand(command)).sql
                } else {
                    "\(literal: column) = \(slice.value) AND \(literal: tested)"
                }
            return """
                SELECT * FROM (
                    SELECT id FROM remotisan_executions WHERE \(literal: condition)
                    ORDER BY \(sql: order) LIMIT \(slice.count) OFFSET \(slice.offset)
                )
                """
        }
        return selects.joined(separator: " UNION ALL ")
    }
}

extension HistoryQuery {
    /// The terms of the ORDER BY clause.
    ///
    /// - Parameters:
    ///   - isReversed: Whether the page is read from the end.
    ///   - skipped: Number of first columns that are the same in all rows.
    ///   - duration: The expression of the duration.
    func orderBy(
        isReversed: Bool, after skipped: Int = 0, duration: String = DurationOrder.duration()
    ) -> String {
        order(isReversed: isReversed).dropFirst(skipped).map { key, isAscending in
            "\(key.column(duration: duration)) \(isAscending ? "ASC" : "DESC")"
        }.joined(separator: ", ")
    }
}

extension Database {
    /// The statement of a page. Those that everybody uses are kept prepared. There are so many others that they would fill
    /// the memory, and those of a person with many commands are long.
    func statement(_ sql: SQL, for query: HistoryQuery) throws -> Statement {
        let isUsual =
            query.sort == .executedAt && !query.isCountedByReading && query.from == nil && query.until == nil
            && query.user == nil && query.name == nil
        let (text, arguments) = try sql.build(self)
        let isKept = isUsual && text.utf8.count < 4096
        let statement = try isKept ? cachedStatement(sql: text) : makeStatement(sql: text)
        try statement.setArguments(arguments)
        return statement
    }
}
