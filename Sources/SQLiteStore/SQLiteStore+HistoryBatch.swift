import Core
import GRDB
import SQLStore

extension SQLiteStore {
    package func history(
        _ query: HistoryQuery, after place: HistoryPlace?, now: Int64, count: Int
    ) throws(StoreError) -> HistoryBatch {
        if query.matchesNothing { return HistoryBatch(rows: [], end: nil) }
        return try readSnapshot { db in
            let limit = TimeLimit(on: db, milliseconds: Self.searchTimeout)
            defer { limit.end() }
            let candidates = try HistoryPlan.candidates(query, in: db)
            var rows: [Row] = []
            for terms in query.terms(after: place, now: now) where rows.count < count {
                let statement = Self.statement(
                    query, terms, now: String(now), count: count - rows.count, among: candidates)
                rows += try SQLRequest<Row>(literal: statement).fetchAll(db)
            }
            let end = rows.count == count ? try rows.last.map { try HistoryPlace($0) } : nil
            return HistoryBatch(rows: rows.map { Execution($0) }, end: end)
        }
    }

    /// The SELECT of the first rows that meet some conditions in addition to those of a query.
    private static func statement(
        _ query: HistoryQuery, _ terms: [OrderTerm], now: String, count: Int, among candidates: SearchCandidates?
    ) -> SQL {
        func condition(_ duration: String) -> SQL {
            terms.isEmpty ? "1" : terms.map { $0.sql(duration: duration) }.joined(separator: " AND ")
        }
        let duration = DurationOrder.duration(now: now)
        let order = SQL(sql: query.orderBy(isReversed: false, duration: duration))
        let ids: SQL
        if candidates == nil, query.isByTime, NewestRows.hasBranches(query.visibility) {
            let newest = NewestRows(
                query.visibility, HistoryCondition(filtersOf: query), and: condition(duration), count: count,
                ascending: query.ascending)
            ids = "SELECT id FROM (\(literal: newest.sql))"
        } else {
            // The rows of a person are found by their index. Those of a person or of some commands are not, because the
            // index would be read from its beginning each time.
            let own = HistoryCondition(query, by: .filters).sql
            guard candidates == nil, query.sort == .duration, query.maxRecords == nil else {
                return """
                    SELECT \(sql: Execution.columns) FROM \(literal: candidates?.from ?? "remotisan_executions")
                    WHERE \(literal: own) AND \(literal: condition(duration)) ORDER BY \(literal: order)
                    LIMIT \(count)
                    """
            }
            ids = DurationOrder.select(
                { "\(literal: own) AND \(literal: condition($0))" },
                order: { query.orderBy(isReversed: false, duration: $0) }, now: now, offset: 0, count: count)
        }
        return """
            SELECT \(sql: Execution.columns) FROM remotisan_executions WHERE id IN (\(literal: ids))
            ORDER BY \(literal: order)
            """
    }
}

extension OrderTerm {
    /// - Parameter duration: The expression of the duration.
    fileprivate func sql(duration: String) -> SQL {
        let column = SQL(sql: key.column(duration: duration))
        switch (relation, value) {
        case (.equal, .null): return "\(literal: column) IS NULL"
        case (.greater, .null): return "\(literal: column) IS NOT NULL"
        case (.less, .null): return "0"
        case (let relation, .text(let text)): return "\(literal: column) \(sql: relation.sign) \(text)"
        case (let relation, .number(let number)): return "\(literal: column) \(sql: relation.sign) \(number)"
        }
    }
}
