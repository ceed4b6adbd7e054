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
        /// How many rows an order by duration reads for each that it finds, up to which that is fast.
        var sparsest = 50
    }

    /// - Parameters:
    ///   - query: The query.
    ///   - page: Where the page lies.
    ///   - total: Number of rows that match the query.
    ///   - candidates: The rows among which a search looks; nil to look at all.
    ///   - limits: When to choose which form. Every form finds the same rows.
    ///   - db: The database with the counts.
    init(
        _ query: HistoryQuery, _ page: PageWindow, total: Int, among candidates: SearchCandidates? = nil,
        limits: Limits = Limits(), in db: Database
    ) throws {
        let order = SQL(sql: query.orderBy(isReversed: page.isFromTheEnd))
        let reach = page.offset + page.count
        var isIndexed = true
        if let candidates {
            sql = """
                SELECT \(sql: Execution.columns) FROM \(literal: candidates.from)
                WHERE \(literal: HistoryCondition(query, isIndexed: false).sql) ORDER BY \(literal: order)
                LIMIT \(page.count) OFFSET \(page.offset)
                """
            return
        }
        if query.sort == .duration, page.offset <= limits.deepest, query.maxRecords == nil,
            try total * limits.sparsest >= Self.countRows(of: nil, in: db)
        {
            let condition = HistoryCondition(query, isIndexed: false).sql
            let first = DurationOrder.select(
                { _ in condition }, order: { query.orderBy(isReversed: page.isFromTheEnd, duration: $0) },
                offset: page.offset, count: page.count)
            sql = """
                SELECT \(sql: Execution.columns) FROM remotisan_executions
                WHERE id IN (\(literal: first)) ORDER BY \(literal: order)
                """
            return
        }
        if let slices = try Self.slices(query, page, in: db) {
            sql = """
                SELECT \(sql: Execution.columns) FROM remotisan_executions
                WHERE id IN (\(literal: slices)) ORDER BY \(literal: order)
                """
            return
        }
        if query.isByTime, NewestRows.hasBranches(query.visibility) {
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

    /// A SELECT of the numbers of the rows in an order by status or user, group by group; nil if that needs a count of
    /// rows.
    private static func slices(_ query: HistoryQuery, _ page: PageWindow, in db: Database) throws -> SQL? {
        let condition = HistoryCondition(query)
        guard condition.isCounted, let column = query.groupColumn.map({ SQL(sql: $0) }) else { return nil }
        let isAscending = query.ascending != page.isFromTheEnd
        let groups = try SQLRequest<Row>(
            literal: """
                SELECT \(literal: column), sum(executions) FROM remotisan_counts WHERE \(literal: condition.sql)
                GROUP BY 1 ORDER BY 1 \(sql: isAscending ? "ASC" : "DESC")
                """
        ).fetchAll(db).map { (value: $0[0] as DatabaseValue, rows: $0.integer(1) ?? 0) }
        let slices = GroupSlice.slices(of: page, groups)
        // The counts do not tell a missing user from one with an empty name.
        guard !slices.isEmpty, !slices.contains(where: { $0.value == "".databaseValue }) else { return nil }
        let time = SQL(sql: page.isFromTheEnd ? "executed_at ASC, id ASC" : "executed_at DESC, id DESC")
        // Each row is tested, because the index of the group is the one to read.
        let tested = HistoryCondition(query, isIndexed: false).sql
        let selects = slices.map { slice -> SQL in
            """
            SELECT * FROM (
                SELECT id FROM remotisan_executions WHERE \(literal: column) = \(slice.value) AND \(literal: tested)
                ORDER BY \(literal: time) LIMIT \(slice.count) OFFSET \(slice.offset)
            )
            """
        }
        return selects.joined(separator: " UNION ALL ")
    }

    /// The number of rows with a status; nil counts all.
    private static func countRows(of status: Status?, in db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT ifnull(sum(executions), 0) FROM remotisan_counts WHERE ?1 IS NULL OR process_status = ?1")
        return try Int.fetchOne(statement, arguments: [status?.rawValue]) ?? 0
    }
}

extension HistoryQuery {
    /// The terms of the ORDER BY clause.
    ///
    /// - Parameter duration: The expression of the duration.
    func orderBy(isReversed: Bool, duration: String = DurationOrder.duration()) -> String {
        order(isReversed: isReversed).map { key, isAscending in
            "\(key.column(duration: duration)) \(isAscending ? "ASC" : "DESC")"
        }.joined(separator: ", ")
    }
}

extension Database {
    /// The statement of a page. Those that everybody uses are kept prepared. There are so many others that they would fill
    /// the memory, and those of a person with many commands are long.
    func statement(_ sql: SQL, for query: HistoryQuery) throws -> Statement {
        let isUsual =
            query.sort == .executedAt && !query.isSearch && query.from == nil && query.until == nil
            && query.user == nil && query.name == nil
        let (text, arguments) = try sql.build(self)
        let isKept = isUsual && text.utf8.count < 4096
        let statement = try isKept ? cachedStatement(sql: text) : makeStatement(sql: text)
        try statement.setArguments(arguments)
        return statement
    }
}
