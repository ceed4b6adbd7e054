import Core
import SQLStore

/// The first rows, by time, of what somebody sees: a SELECT of `id` and `executed_at`.
///
/// For "my own or one of these commands" PostgreSQL either reads everything from the newest row on until enough is
/// found, or finds all that are visible and sorts them; of a million rows both take long for somebody. Each command's
/// first rows stand together in an index, though: those of each, put together, hold the first of all.
struct NewestRows {
    let sql: String

    /// - Parameters:
    ///   - visibility: What is seen.
    ///   - query: What is asked for, in addition.
    ///   - offset: So many rows are passed over.
    ///   - count: So many follow.
    ///   - ascending: Whether the oldest come first.
    ///   - values: Those of the statement.
    init(
        _ visibility: Visibility, filtersOf query: HistoryQuery? = nil, offset: Int = 0, count: Int,
        ascending: Bool = false, _ values: inout Values
    ) {
        let direction = ascending ? "ASC" : "DESC"
        let order = "ORDER BY executed_at \(direction), id \(direction)"
        let filters = query.map { HistoryCondition(filtersOf: $0, &values).sql } ?? "true"
        func select(_ condition: String, _ limit: String) -> String {
            """
            SELECT id, executed_at FROM remotisan_executions
            WHERE \(condition) AND \(filters) \(order) LIMIT \(limit)
            """
        }
        let place = "LIMIT \(values.add(Value(count))) OFFSET \(values.add(Value(offset)))"
        guard case .ownAndCommands(let user, let commands) = visibility, !commands.isEmpty else {
            let seen = HistoryCondition(visibility, &values).sql
            sql = "SELECT id, executed_at FROM remotisan_executions WHERE \(seen) AND \(filters) \(order) \(place)"
            return
        }
        let reach = values.add(Value(offset + count))
        let own = select("user_identifier = \(values.add(Value(user)))", reach)
        let names = values.add(Value(list: commands.sorted()))
        // UNION, not UNION ALL: what is both one's own and of a command is one row.
        sql = """
            SELECT id, executed_at FROM (
                (\(own))
                UNION
                SELECT found.id, found.executed_at FROM unnest(\(names)::text[]) AS allowed (name)
                CROSS JOIN LATERAL (\(select("command = allowed.name", reach))) AS found
            ) AS seen \(order) \(place)
            """
    }
}
