import Core
import SQLStore

extension PostgreSQLStore {
    package func history(
        _ query: HistoryQuery, after place: HistoryPlace?, now: Int64, count: Int
    ) throws(StoreError) -> HistoryBatch {
        if query.matchesNothing { return HistoryBatch(rows: [], end: nil) }
        var rows: [QueryResult.Row] = []
        for terms in query.terms(after: place, now: now) where rows.count < count {
            rows += try run(Self.statement(query, terms, now: now, count: count - rows.count)).flatMap(\.rows)
        }
        let end: HistoryPlace? = if rows.count == count, let last = rows.last { try HistoryPlace(last) } else { nil }
        return HistoryBatch(rows: rows.map { Execution($0) }, end: end)
    }

    /// The SELECT of the first rows that meet some conditions in addition to those of a query.
    private static func statement(_ query: HistoryQuery, _ terms: [OrderTerm], now: Int64, count: Int) -> Query {
        var values = Values()
        let time = query.sort == .duration ? values.add(Value(now)) : ""
        let duration = query.sort == .duration ? DurationOrder.duration(now: time) : ""
        // Each value is added once, whichever expression of the duration it is compared with.
        let comparisons = terms.map { ($0, values.add($0)) }
        func condition(_ duration: String) -> String {
            comparisons.isEmpty
                ? "true"
                : comparisons.map { "\($0.key.column(duration: duration)) \($1)" }.joined(separator: " AND ")
        }
        let order = query.orderBy(isReversed: false, duration: duration)
        let ids: String
        if query.isByTime, case .ownAndCommands(_, let commands) = query.visibility, !commands.isEmpty {
            let newest = NewestRows(
                query.visibility, filtersOf: query, and: condition(duration), count: count, ascending: query.ascending,
                &values)
            ids = "SELECT id FROM (\(newest.sql)) AS newest"
        } else {
            let own = HistoryCondition(query, &values).sql
            let reach = values.add(Value(count))
            if query.sort == .duration, query.maxRecords == nil {
                ids = DurationOrder.select(
                    { "\(own) AND \(condition($0))" },
                    order: { query.orderBy(isReversed: false, duration: $0) }, now: time, reach: reach,
                    place: "LIMIT \(reach)")
            } else {
                ids = """
                    SELECT id FROM remotisan_executions WHERE \(own) AND \(condition(duration)) ORDER BY \(order)
                    LIMIT \(reach)
                    """
            }
        }
        return .once(
            "SELECT \(Execution.columns) FROM remotisan_executions WHERE id IN (\(ids)) ORDER BY \(order)", values.all)
    }
}

extension Values {
    /// The operator and the value of a term.
    fileprivate mutating func add(_ term: OrderTerm) -> String {
        switch (term.relation, term.value) {
        case (.equal, .null): "IS NULL"
        case (.greater, .null): "IS NOT NULL"
        // There is nothing before a missing user.
        case (.less, .null): "IS NULL AND false"
        case (let relation, .text(let text)): "\(relation.sign) \(add(Value(text)))"
        case (let relation, .number(let number)): "\(relation.sign) \(add(Value(number)))::bigint"
        }
    }
}
